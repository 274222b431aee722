using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace MlpPowerShell;

/// <summary>
/// What a view is shown by. PowerShell tells views neither that nor the -Width that Out-String and Out-File were given, so both are looked
/// for inside it; where it has changed inside, lines are as long as those of the window, and tables go on without another heading.
/// </summary>
internal static class FormatSession
{
    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The command that is laying out objects, another one for each table or string.</summary>
    public static object FormatterOf(EngineIntrinsics engine) =>
        Member(Member(Member(engine, "_context"), "CurrentCommandProcessor"), "Command") ?? engine;

    /// <summary>The width that the command was given which takes the lines; that of the window where it was given none.</summary>
    public static int WidthOf(EngineIntrinsics engine) => GivenWidth(engine) ?? Views.ColumnsOf(engine.Host);

    private static int? GivenWidth(EngineIntrinsics engine)
    {
        object? runspace = Member(Member(engine, "_context"), "CurrentRunspace");
        object? pipeline = runspace?.GetType().GetMethod("GetCurrentlyRunningPipeline", Inside, [])?.Invoke(runspace, null);
        return Each(Member(Member(pipeline, "Stopper"), "_stack"))
            .SelectMany(commands => Each(Member(commands, "Commands")))
            .Select(command => Member(command, "Command"))
            .OfType<PSCmdlet>()
            .FirstOrDefault(command => command.GetType().Name is "OutStringCommand" or "OutFileCommand")
            ?.MyInvocation.BoundParameters.GetValueOrDefault("Width") as int?;
    }

    private static IEnumerable<object> Each(object? items) => items is IEnumerable many ? many.Cast<object>() : [];

    private static object? Member(object? item, string name)
    {
        for (Type? type = item?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetField(name, Inside) is { } field)
                return field.GetValue(item);
            if (type.GetProperty(name, Inside) is { } property)
                return property.GetValue(item);
        }

        return null;
    }
}
