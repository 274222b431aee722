# The scripts of docs/about_Mlp_Sweeps.md, word for word, with three sessions of a real sshd on this machine.

BeforeDiscovery {
    $threadJobs = Get-Command Start-ThreadJob -ErrorAction Ignore
    $sshd = (Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1).Source
}

BeforeAll {
    $out = (Resolve-Path "$PSScriptRoot/../../out").Path
    Import-Module $out/MlpPowerShell -Force
    $modulePath = $env:PSModulePath
    $env:PSModulePath = $out + [IO.Path]::PathSeparator + $modulePath
    $text = Get-Content $PSScriptRoot/../../docs/about_Mlp_Sweeps.md -Raw
    $scripts = [regex]::Matches($text, '(?ms)^```powershell\n(.*?)^```').ForEach({ $_.Groups[1].Value })

    # The script that has a word in it.
    function Script($word) { [scriptblock]::Create(($scripts | Where-Object { $_.Contains($word) } | Select-Object -First 1)) }

    $train = Import-Mnist -Split Train -First 1000
    $test = Import-Mnist -Split Test -First 200
    . (Script '$runs = foreach')
    $one = $runs | New-MlpModel -Dataset $train -Seed 1 | Invoke-MlpTraining -Dataset $train -TestData $test -Seed 1

    # Losses by run and epoch: the same bits wherever they were computed.
    function Losses($epochs) {
        $epochs | Sort-Object Run, Epoch | ForEach-Object { "$($_.Run) $($_.HiddenSize) $($_.Epoch) $($_.TestLoss.ToString('R'))" }
    }
}

AfterAll {
    $env:PSModulePath = $modulePath
}

Describe 'Sweeps' {
    It 'have scripts that are all run here' {
        $tested = '$train = Import-Mnist', '$runs = foreach', '$epochs = $runs | New-MlpModel', 'ForEach-Object -ThrottleLimit 2',
            'Start-ThreadJob', 'Start-Job', '$sessions = New-PSSession', 'function Invoke-Sweep', '$missing = ',
            '@(Invoke-Sweep $missing', '$best = ', 'Measure-MlpModel $model', '$files = '
        $scripts | Should -HaveCount $tested.Count
        foreach ($word in $tested) { "$(Script $word)" | Should -Not -BeNullOrEmpty }
    }

    It 'give the same one after another, in threads and in jobs, with the columns of the table' {
        . (Script '$epochs = $runs | New-MlpModel')
        Losses $epochs | Should -Be (Losses $one)
        . (Script 'ForEach-Object -ThrottleLimit 2')
        Losses $epochs | Should -Be (Losses $one)
        . (Script 'Start-Job')
        Losses $epochs | Should -Be (Losses ($one | Where-Object Run -In $runs[0..1].Name))
        $epochs[0].GetType().Name | Should -Be MlpEpoch
        $epochs[0].Details.Options.Count | Should -BeGreaterThan 2
        . (Script '$best = ')
        $best.TestAccuracy | Should -Be ($epochs.TestAccuracy | Measure-Object -Maximum).Maximum
        (Import-Csv sweep.csv).HiddenSize | Should -Be 32, 32
        Remove-Item sweep.csv
    }

    It 'give the same in thread jobs, where the shell has them' -Skip:(-not $threadJobs) {
        . (Script 'Start-ThreadJob')
        Losses $epochs | Should -Be (Losses $one)
        $epochs.ForEach('GetType').Name | Select-Object -Unique | Should -Be MlpEpoch
    }

    It 'bring evaluations back from jobs with all that they hold' {
        $model = New-MlpModel 8 -Dataset $train -Seed 1
        $there = Start-Job -InitializationScript { Import-Module MlpPowerShell } { Measure-MlpModel $using:model $using:test } |
            Receive-Job -Wait -AutoRemoveJob
        $here = Measure-MlpModel $model $test
        $there.GetType().Name | Should -Be MlpEvaluation
        $there.ConfusionMatrix.ToString() | Should -Be $here.ConfusionMatrix.ToString()
        $there.Classes.F1 | Should -Be $here.Classes.F1
    }

    It 'share the processors among processes' {
        $script = {
            $model = New-MlpModel 8 -Dataset $using:train
            $goesOn = { $null = New-Item -Force $using:flag; -not (Test-Path $using:stop) }
            Invoke-MlpTraining $model $using:train -Epochs 100000 -BatchSize 100 -OnEpoch $goesOn -Optimizer Sgd | Out-Null
        }
        $flag = "$TestDrive/flag"; $stop = "$TestDrive/stop"
        $job = Start-Job -InitializationScript { Import-Module MlpPowerShell } $script
        while (-not (Test-Path $flag) -and $job.State -in 'NotStarted', 'Running') { Start-Sleep -Milliseconds 50 }

        # While it trains, this process trains to the same bits as alone.
        Losses ($runs[0] | New-MlpModel -Dataset $train -Seed 1 | Invoke-MlpTraining -Dataset $train -TestData $test -Seed 1) |
            Should -Be (Losses ($one | Where-Object Run -EQ $runs[0].Name))
        $null = New-Item $stop
        $job | Receive-Job -Wait -AutoRemoveJob
    }
}

Describe 'Sweeps over SSH' -Skip:(-not $sshd) {
    BeforeAll {
        $folder = (New-Item -ItemType Directory $TestDrive/ssh).FullName
        ssh-keygen -q -t ed25519 -N '' -f $folder/host
        ssh-keygen -q -t ed25519 -N '' -f $folder/user
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        "Port $port", 'ListenAddress 127.0.0.1', "HostKey $folder/host", "AuthorizedKeysFile $folder/user.pub", "PidFile $folder/pid",
        'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', "SetEnv PSModulePath=$out",
        "Subsystem powershell $((Get-Process -Id $PID).Path) -sshs -NoLogo -NoProfile" | Set-Content $folder/config
        if ([Environment]::UserName -eq 'root') { $null = New-Item -ItemType Directory -Force /run/sshd }
        $sshd = (Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1).Source
        $server = Start-Process $sshd -ArgumentList '-D', '-f', "$folder/config", '-E', "$folder/log" -PassThru
        while (-not (Test-Path $folder/pid) -and -not $server.HasExited) { Start-Sleep -Milliseconds 50 }
        $options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
        $sessions = New-PSSession -HostName 127.0.0.1, 127.0.0.1, 127.0.0.1 -Port $port -UserName ([Environment]::UserName) `
            -KeyFilePath $folder/user -Options $options
        Invoke-Command -Session $sessions { Import-Module MlpPowerShell }
        . (Script 'function Invoke-Sweep')
    }

    AfterAll {
        $sessions | Remove-PSSession
        $server | Stop-Process
    }

    It 'give the same as here, on all sessions' {
        $sessions | Should -HaveCount 3
        Losses $epochs | Should -Be (Losses $one)
        . (Script '$missing = ')
        $missing | Should -BeNullOrEmpty
    }

    It 'go on when a session dies; the missing runs are seen and run again' {
        # Long enough for one to be killed in its midst: when it has computed for a second.
        $runs = $runs | Select-Object *
        $runs | ForEach-Object { $_.Epochs = 150 }
        $victim = Invoke-Command -Session $sessions[1] { $PID }
        $killer = Start-Job {
            $start = (Get-Process -Id $using:victim).CPU
            while ((Get-Process -Id $using:victim).CPU -lt $start + 1) { Start-Sleep -Milliseconds 20 }
            Stop-Process -Id $using:victim -Force
        }
        while ($killer.State -eq 'NotStarted') { Start-Sleep -Milliseconds 20 }
        $epochs = Invoke-Sweep $runs $sessions 3>$null
        $killer | Receive-Job -Wait -AutoRemoveJob
        ($sessions | Where-Object State -NE Opened) | Should -HaveCount 1
        . (Script '$missing = ')
        $missing | Should -HaveCount 1
        $done | Should -HaveCount ($runs.Count - 1)
        . (Script '@(Invoke-Sweep $missing')
        . (Script '$missing = ')
        $missing | Should -BeNullOrEmpty
        $here = $runs | New-MlpModel -Dataset $train -Seed 1 | Invoke-MlpTraining -Dataset $train -TestData $test -Seed 1
        Losses $epochs | Should -Be (Losses $here)
    }

    It 'bring a model back with weights equal to the bit, which commands take as it comes' {
        $evaluation = . (Script 'Measure-MlpModel $model')
        $evaluation.Loss | Should -Be (Measure-MlpModel $model $test).Loss
        $here = New-MlpModel 16 -Dataset $train -Seed 1 |
            Invoke-MlpTraining -Dataset $train -Epochs 1 -BatchSize 128 -Seed 1 -PassThru -Optimizer Sgd
        (Measure-MlpModel $model $test).Loss | Should -Be (Measure-MlpModel $here $test).Loss
        Export-MlpModel $model $TestDrive/there.safetensors
        (Get-MlpModelInfo $TestDrive/there.safetensors).Architecture | Should -Be 784-16-10
    }

    It 'bring objects back alive from sessions that know their types' {
        $here = "'$([Environment]::UserName)', '127.0.0.1', '$folder/user', $port, 'powershell', -1, `$options"
        . ([scriptblock]::Create("$(Script '$files = ')".Replace("'me', `$name, ''", $here)))
        $model = Invoke-Command -Session $sessions[0] { New-MlpModel 16 -Dataset $using:train -Seed 1 }
        $model.GetType().Name | Should -Be MlpModel
        $epoch, $evaluation = Invoke-Command -Session $sessions[1] {
            $model = $using:model
            Invoke-MlpTraining $model $using:train -Epochs 1 -BatchSize 128 -Seed 1 -Optimizer Sgd
            Measure-MlpModel $model $using:test
        }
        $epoch.GetType().Name | Should -Be MlpEpoch
        $evaluation.GetType().Name | Should -Be MlpEvaluation
        $alone = Invoke-MlpTraining $model $train -Epochs 1 -BatchSize 128 -Seed 1 -Optimizer Sgd
        $epoch.TrainingLoss | Should -Be $alone.TrainingLoss
        $evaluation.Loss | Should -Be (Measure-MlpModel $model $test).Loss
        $sessions | Remove-PSSession
    }

    It 'refuse files that are not what they were' {
        $copy = (New-Item -ItemType Directory $TestDrive/copy).FullName
        Copy-Item $PSScriptRoot/../../data/mnist/t10k* $copy
        $data = Import-Mnist $copy -Split Test -First 100
        Invoke-Command -Session $sessions[0] { ($using:data).Count } | Should -Be 100
        Remove-Item $copy/*
        { Invoke-Command -Session $sessions[0] { New-MlpModel 2 -Dataset $using:data } -ErrorAction Stop } |
            Should -Throw '*has no images for the test split*'
        $byValue = $data | Select-MlpDataset -ByValue
        Invoke-Command -Session $sessions[0] { (New-MlpModel 2 -Dataset $using:byValue).Architecture } | Should -Be 784-2-10
    }
}
