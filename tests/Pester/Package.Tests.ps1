# The package as a user gets it from a gallery: built, unpacked into a folder of a module path with an awkward name, imported with no
# rights to it.

BeforeAll {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    pwsh -NoProfile -File "$root/build.ps1" -Task Package | Out-Null
    if ($LASTEXITCODE) { throw "build.ps1 -Task Package failed with exit code $LASTEXITCODE." }
    $manifest = Import-PowerShellDataFile "$root/module/MlpPowerShell.psd1"
    $package = Get-Item "$root/out/package/MlpPowerShell.$($manifest.ModuleVersion).nupkg"
    $modules = Join-Path $TestDrive 'Módulos für PowerShell'
    $folder = "$modules/MlpPowerShell/$($manifest.ModuleVersion)"
    [IO.Compression.ZipFile]::ExtractToDirectory($package, $folder)
    $places = @{ HOME = "$TestDrive/home of another"; PSModulePath = $modules; DOTNET_CLI_HOME = "$TestDrive/home of another" }
    $null = New-Item $places.HOME -ItemType Directory

    # As somebody who may read the module and write nothing but a home folder; where we are root, as nobody.
    function Invoke-AsAnother([string] $script) {
        $command = @('pwsh', '-NoProfile', '-NonInteractive', '-Command', "Set-Location '$($places.HOME)'; $script")
        if ($IsLinux -and (id -u) -eq 0) {
            chmod -R a+rX $TestDrive
            chmod a+rwx $places.HOME
            $command = @('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups') + $command
        }
        elseif (-not $IsWindows) {
            chmod -R a-w $modules
        }

        $before = @{}
        foreach ($name in $places.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $places[$name])
        }
        try { & $command[0] $command[1..$command.Count] 2>&1 | ForEach-Object { "$_" } }
        finally { foreach ($name in $places.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) } }
    }
}

Describe 'The package' {
    It 'holds the files of the manifest and nothing else, the data set left out' {
        $files = Get-ChildItem $folder -Recurse -File |
            ForEach-Object { [IO.Path]::GetRelativePath($folder, $_.FullName).Replace('\', '/') } |
            Where-Object { $_ -notmatch '^(_rels|package)/' -and $_ -notin '[Content_Types].xml', 'MlpPowerShell.nuspec' }
        $files | Sort-Object | Should -Be ($manifest.FileList | Sort-Object)
        $files -match '\.gz$' | Should -BeNullOrEmpty
    }

    It 'names its cmdlets for the gallery' {
        $tags = ([xml] (Get-Content "$folder/MlpPowerShell.nuspec")).package.metadata.tags -split ' '
        $tags | Should -Contain 'PSModule'
        $tags | Should -Contain 'PSCmdlet_Invoke-MlpTraining'
    }

    It 'is found by name, and trains, for another user in a folder with spaces and letters of other alphabets' {
        $lines = Invoke-AsAnother @'
$d = New-MlpDataset (1, 2, 3, 4) -Target 2, 4, 6, 8
$m = New-MlpModel 4 -Dataset $d -Seed 1
(Invoke-MlpTraining $m $d -Epochs 2 6>$null).Count
(Get-Module MlpPowerShell).ModuleBase
Export-MlpModel $m model.safetensors -PassThru | ForEach-Object Name
$m | Export-MlpChart chart.png -ErrorAction SilentlyContinue
(Get-Help New-MlpModel).Synopsis
'@
        $lines | Should -Be 2, $folder, 'model.safetensors', 'Creates a multilayer perceptron with random weights.'
    }

    It 'says how to get MNIST, and finds what Save-Mnist fetches' {
        Invoke-AsAnother 'Import-Mnist' | Out-String | Should -Match 'Save-Mnist fetches it'
        Copy-Item "$root/data/mnist" "$($places.HOME)/Mnist" -Recurse
        Invoke-AsAnother '(Import-Mnist -Split Test).Count' | Should -Be 10000
    }
}
