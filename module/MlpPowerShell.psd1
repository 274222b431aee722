@{
    NestedModules        = @('MlpPowerShell.Loader-0.1.0.dll', 'MlpPowerShell.dll', 'MlpPowerShell.Types.psd1')
    ModuleVersion        = '0.1.0'
    CompatiblePSEditions = @('Core')
    GUID                 = '75f08626-392c-4cf0-9552-4bbbf424aa06'
    Author               = 'MlpPowerShell contributors'
    CompanyName          = 'MlpPowerShell contributors'
    Copyright            = '(c) 2026 MlpPowerShell contributors. MIT licence.'
    Description          = @'
Trains neural networks from the shell: multilayer perceptrons over a vectorised C# engine, with MNIST and its family at hand.
Data, models, epochs and predictions are objects of the pipeline.
'@
    PowerShellVersion    = '7.4'
    FormatsToProcess     = @('MlpPowerShell.format.ps1xml')
    FileList             = @(
        'Arimo-OFL.txt'
        'en-US/about_Mlp_Data.help.txt'
        'en-US/about_Mlp_Distribution.help.txt'
        'en-US/about_Mlp_Errors.help.txt'
        'en-US/about_Mlp_Internals.help.txt'
        'en-US/about_Mlp_Models.help.txt'
        'en-US/about_Mlp_Reproducibility.help.txt'
        'en-US/about_Mlp_Scripting.help.txt'
        'en-US/about_Mlp_Sweeps.help.txt'
        'en-US/about_Mlp_Training.help.txt'
        'en-US/about_MlpPowerShell.help.txt'
        'en-US/MlpPowerShell.dll-Help.xml'
        'examples/1-Activation.ps1'
        'examples/2-BackwardPass.ps1'
        'examples/3-Training.ps1'
        'examples/4-Improving.ps1'
        'examples/5-Regularization.ps1'
        'examples/6-Augmentation.ps1'
        'examples/7-Defaults.ps1'
        'lib/K4os.Compression.LZ4.dll'
        'lib/MathNet.Numerics.dll'
        'lib/MlpPowerShell.Engine.dll'
        'lib/MlpPowerShell.Engine.pdb'
        'lib/MlpPowerShell.Engine.xml'
        'lib/MlpPowerShell.Pictures.dll'
        'lib/MlpPowerShell.Pictures.pdb'
        'lib/MlpPowerShell.Pictures.xml'
        'lib/OxyPlot.dll'
        'lib/protobuf-net.Core.dll'
        'lib/protobuf-net.dll'
        'lib/Snappier.dll'
        'lib/StbImageSharp.dll'
        'lib/Sylvan.Data.Csv.dll'
        'lib/System.Collections.Immutable.dll'
        'lib/System.IO.Hashing.dll'
        'lib/Wcwidth.dll'
        'lib/ZstdSharp.dll'
        'LICENSE'
        'MlpPowerShell.dll'
        'MlpPowerShell.format.ps1xml'
        'MlpPowerShell.Loader-0.1.0.dll'
        'MlpPowerShell.pdb'
        'MlpPowerShell.psd1'
        'MlpPowerShell.Types.psd1'
        'MlpPowerShell.types.ps1xml'
        'THIRD-PARTY-NOTICES.txt'
    )
    CmdletsToExport      = @(
        'Compare-MlpModel'
        'Compress-MlpModel'
        'ConvertFrom-MlpDataset'
        'ConvertTo-MlpDataset'
        'Copy-MlpModel'
        'Export-MlpChart'
        'Export-MlpModel'
        'Export-MlpReport'
        'Get-MlpColumn'
        'Get-MlpGradient'
        'Get-MlpModelInfo'
        'Get-MlpPrediction'
        'Get-MlpRank'
        'Get-MlpSchedule'
        'Get-MlpThreshold'
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
        'Set-MlpCalibration'
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
            Tags         = @(
                'MachineLearning', 'NeuralNetwork', 'MLP', 'MNIST', 'DeepLearning', 'Backpropagation', 'PSEdition_Core', 'Windows', 'Linux',
                'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
