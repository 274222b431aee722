# The types name classes of the module's assemblies, so they are read when these are loaded: after them, as a module of its own.
@{
    ModuleVersion  = '0.1.0'
    GUID           = '0c1d2a8e-6c1f-4f0a-9a43-5e0f5b0c8f6d'
    Author         = 'MlpPowerShell contributors'
    TypesToProcess = @('MlpPowerShell.types.ps1xml')
}
