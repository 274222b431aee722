# Every command that may take long, at work on something large and stopped as Ctrl+C would: each would take a minute or more to its end.
BeforeAll {
    $manifest = "$PSScriptRoot/../../out/MlpPowerShell/MlpPowerShell.psd1"
    Import-Module $manifest
    $data = Import-Mnist
    $model = New-MlpModel 6000, 6000 -Dataset $data -Seed 1
}

Describe 'Commands at work' {
    It 'stops <_> before it is done' -ForEach @(
        'Measure-MlpModel $model $data'
        'Compare-MlpModel $model $model $data'
        'Get-MlpPrediction $model $data | Select-Object -Last 1'
        'Get-MlpGradient $model $data'
        'Test-MlpGradient $model $data'
        'Export-MlpModel $model "$folder/x.safetensors" -Precision Int8 -TestData $data -PassThru'
        'Export-MlpReport $model "$folder/x.html" -TestData $data -PassThru'
        'Invoke-MlpTraining $model $data -FullBatch -Epochs 10'
    ) {
        $shell = [powershell]::Create()
        $script = 'param($manifest, $model, $data, $folder) Import-Module $manifest; ''begins'';'
        $null = $shell.AddScript("$script $_").AddArgument($manifest).AddArgument($model).AddArgument($data).AddArgument("$TestDrive")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $work = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
        while ($output.Count -eq 0) { Start-Sleep -Milliseconds 10 }
        Start-Sleep -Milliseconds 500
        $work.IsCompleted | Should -BeFalse
        $shell.Stop()
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $output | Should -Be 'begins'
        $shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Dispose()
        Remove-Item "$TestDrive/*"
    }
}
