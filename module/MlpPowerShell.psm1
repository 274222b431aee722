# The cmdlets load like any module's. The engine and its libraries load in a context of their own, which has to be there first.
$cmdlets = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'MlpPowerShell.dll'))
$cmdlets.GetType('MlpPowerShell.EngineLoadContext')::Register()
Import-Module -Assembly $cmdlets
