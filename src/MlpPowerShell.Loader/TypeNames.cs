using System.Management.Automation;
using System.Reflection;

namespace MlpPowerShell.Loader;

/// <summary>
/// Lets scripts name the engine's types: PowerShell looks for types only among the assemblies that all share, where the engine is not.
/// </summary>
internal static class TypeNames
{
    /// <summary>
    /// Adds each public type under its whole name, and those whose names begin with Mlp without their namespace too, as
    /// about_Classes of PowerShell says a module does it; names that another module has taken stay its own.
    /// </summary>
    public static void Add(Assembly engine)
    {
        Type accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators", throwOnError: true)!;
        var names = (IDictionary<string, Type>)accelerators.GetProperty("Get")!.GetValue(null)!;
        MethodInfo add = accelerators.GetMethod("Add", [typeof(string), typeof(Type)])!;
        foreach (Type type in engine.GetExportedTypes().Where(type => !type.IsGenericTypeDefinition))
        {
            Add(type.FullName!, type);
            if (type.Name.StartsWith("Mlp", StringComparison.Ordinal))
                Add(type.Name, type);
        }

        void Add(string name, Type type)
        {
            if (!names.ContainsKey(name))
                add.Invoke(null, [name, type]);
        }
    }
}
