#!/usr/bin/env pwsh
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
    Package {
        Invoke-Dotnet build src/MlpPowerShell -c Release
        $version = (Import-PowerShellDataFile module/MlpPowerShell.psd1).ModuleVersion
        Compress-Archive out/MlpPowerShell "out/MlpPowerShell.$version.zip" -Force
    }
}
