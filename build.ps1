#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests, shows, measures or packages the module: a thin wrapper around dotnet and Pester.
.EXAMPLE
    ./build.ps1
    Builds the module into out/MlpPowerShell.
.EXAMPLE
    ./build.ps1 -Task Test
    Runs every suite: dotnet test, then Pester.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Demo', 'Benchmark', 'Package')]
    [string] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Dotnet {
    dotnet @args
    if ($LASTEXITCODE) { throw "dotnet $args failed with exit code $LASTEXITCODE." }
}

function Invoke-PesterSuite {
    Import-Module Pester -MinimumVersion 5.0
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = 'tests/Pester'
    $configuration.Run.Throw = $true
    $configuration.Output.Verbosity = 'Detailed'
    Invoke-Pester -Configuration $configuration
}

# The module without its data set, as a folder that can be copied to a module path, and as a package for a gallery.
function Build-Package {
    Invoke-Dotnet build src/MlpPowerShell -c Release
    $manifest = Import-PowerShellDataFile module/MlpPowerShell.psd1
    $package = 'out/package'
    $folder = "$package/MlpPowerShell/$($manifest.ModuleVersion)"
    Remove-Item $package -Recurse -Force -ErrorAction Ignore
    foreach ($file in $manifest.FileList) {
        $null = New-Item (Split-Path "$folder/$file") -ItemType Directory -Force
        Copy-Item "out/MlpPowerShell/$file" "$folder/$file"
    }

    $tags = $manifest.PrivateData.PSData.Tags + 'PSModule' + 'PSIncludes_Cmdlet' +
        $manifest.CmdletsToExport.ForEach({ "PSCmdlet_$_"; "PSCommand_$_" })
    $facts = @{
        version     = $manifest.ModuleVersion
        authors     = $manifest.Author
        description = $manifest.Description
        copyright   = $manifest.Copyright
        tags        = $tags -join ' '
    }
    $nuspec = Get-Content src/MlpPowerShell/MlpPowerShell.nuspec -Raw
    foreach ($fact in $facts.GetEnumerator()) {
        $nuspec = $nuspec.Replace("`$$($fact.Key)`$", [Security.SecurityElement]::Escape($fact.Value))
    }
    $filled = (New-Item "$package/MlpPowerShell.nuspec" -Value $nuspec).FullName
    $base = (Resolve-Path $folder).Path
    Invoke-Dotnet pack src/MlpPowerShell -c Release --no-build -o $package "-p:NuspecFile=$filled" "-p:NuspecBasePath=$base"
    Remove-Item $filled
    Get-Item "$package/*.nupkg"
}

switch ($Task) {
    Build { Invoke-Dotnet build MlpPowerShell.sln -c Release }
    Test {
        Invoke-Dotnet test -c Release
        Invoke-PesterSuite
    }
    Pester {
        Invoke-Dotnet build src/MlpPowerShell -c Release
        Invoke-PesterSuite
    }
    Demo { Invoke-Dotnet run -c Release --project src/MlpPowerShell.Shell }
    Benchmark { Invoke-Dotnet run -c Release --project tests/MlpPowerShell.Benchmarks -- --epochs }
    Package { Build-Package }
}
