@{
    NestedModules        = @('MlpPowerShell.Loader.psm1', 'MlpPowerShell.dll', 'MlpPowerShell.Types.psd1')
    ModuleVersion        = '0.1.0'
    CompatiblePSEditions = @('Core')
    GUID                 = '75f08626-392c-4cf0-9552-4bbbf424aa06'
    Author               = 'MlpPowerShell contributors'
    CompanyName          = 'MlpPowerShell contributors'
    Copyright            = '(c) 2026 MlpPowerShell contributors. MIT licence.'
    Description          = 'Trains neural networks from the shell: multilayer perceptrons over a vectorised C# engine, with MNIST included. Data, models, epochs and predictions are objects of the pipeline.'
    PowerShellVersion    = '7.4'
    FormatsToProcess     = @('MlpPowerShell.format.ps1xml')
    CmdletsToExport      = @(
        'Compare-MlpModel'
        'ConvertFrom-MlpDataset'
        'ConvertTo-MlpDataset'
        'Export-MlpChart'
        'Export-MlpModel'
        'Export-MlpReport'
        'Get-MlpGradient'
        'Get-MlpPrediction'
        'Get-MlpSchedule'
        'Import-MlpDataset'
        'Import-MlpModel'
        'Import-Mnist'
        'Invoke-MlpActivation'
        'Invoke-MlpTraining'
        'Join-MlpDataset'
        'Measure-MlpModel'
        'New-MlpDataset'
        'New-MlpModel'
        'Save-Mnist'
        'Select-MlpDataset'
        'Show-MlpHistory'
        'Show-MlpSample'
        'Show-MlpWeight'
        'Split-MlpDataset'
        'Test-MlpGradient'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('MachineLearning', 'NeuralNetwork', 'MLP', 'MNIST', 'DeepLearning', 'Backpropagation', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
