# What only the shell itself does to a training on several processes.

BeforeDiscovery {
    $mpirun = Get-Command mpirun -ErrorAction Ignore
}

Describe 'Trainings on several processes' -Skip:(-not $mpirun) {
    It 'end well on all when Select-Object -First has enough' {
        @'
$ProgressPreference = 'SilentlyContinue'
Import-Module $args[0]
$data = 1..400 | ForEach-Object { [pscustomobject]@{ x = $_ % 7; z = $_ % 3; y = "c$($_ % 2)" } } |
    ConvertTo-MlpDataset y -WarningAction Ignore
$model = New-MlpModel 8 -Dataset $data -Seed 1
$null = Invoke-MlpTraining $model $data -Epochs 20 -Seed 1 -Distributed | Select-Object -First 3
"trained $($model.EpochsTrained)"
'@ | Set-Content $TestDrive/first.ps1
        $module = (Resolve-Path "$PSScriptRoot/../../out/MlpPowerShell").Path
        $options = '--oversubscribe', '-n', '2', 'pwsh', '-NoProfile', '-File', "$TestDrive/first.ps1", $module
        if ([Environment]::UserName -eq 'root') { $options = @('--allow-run-as-root') + $options }
        $lines = mpirun @options 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0
        [regex]::Matches($lines, 'trained 3').Count | Should -Be 2 -Because $lines
        $lines | Should -Not -Match 'stopped'
    }
}
