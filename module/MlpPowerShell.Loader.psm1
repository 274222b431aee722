# The engine and its libraries load in a context of their own, which has to be there before the cmdlets are looked at.
$cmdlets = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'MlpPowerShell.dll'))
$cmdlets.GetType('MlpPowerShell.EngineLoadContext')::Register()
