using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>The models, data sets and paths that come down a pipeline, of which the command itself says what is none.</summary>
internal static class PipedInput
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Parameter, string? StandIn)[]> _parameters = [];

    // What converts an object doesn't know the cmdlet; both are at work on one thread.
    [ThreadStatic]
    private static int _waiting;

    [ThreadStatic]
    private static Dictionary<Type, object>? _refused;

    /// <summary>Whether a command waits for objects; what is bound before it does are its arguments.</summary>
    public static bool IsAwaited => _waiting > 0;

    /// <summary>Notes that a command has its arguments, and waits for objects.</summary>
    public static void Begin()
    {
        _waiting++;
        _refused = null;
    }

    /// <summary>Notes that a command waits no longer.</summary>
    public static void End() => _waiting--;

    /// <summary>Notes an object that is not what is wanted.</summary>
    public static void Refuse(Type type, object given) => (_refused ??= [])[type] = given;

    /// <summary>Checks that each model, data set and path that is wanted is there.</summary>
    /// <exception cref="MlpException">One is not.</exception>
    public static void Check(MlpCmdlet command)
    {
        foreach ((PropertyInfo parameter, string? standIn) in _parameters.GetOrAdd(command.GetType(), ParametersOf))
        {
            if (parameter.GetValue(command) is null && !(standIn is not null && command.MyInvocation.BoundParameters.ContainsKey(standIn)))
            {
                bool isGiven = command.MyInvocation.BoundParameters.ContainsKey(parameter.Name);
                throw new MlpException("WrongInput", MlpErrorKind.InvalidArgument, Reason(parameter, isGiven));
            }
        }
    }

    private static (PropertyInfo Parameter, string? StandIn)[] ParametersOf(Type command) =>
    [
        .. command.GetProperties()
            .Where(parameter => parameter.GetCustomAttribute<CellAttribute>() is { IsPiped: true })
            .Select(parameter => (parameter, parameter.GetCustomAttribute<CellAttribute>()!.Unless)),
        .. command.GetProperties()
            .Where(parameter => parameter.GetCustomAttribute<FilePathAttribute>() is { IsPiped: true })
            .Select(parameter => (parameter, (string?)nameof(ModelFileCmdlet.LiteralPath))),
    ];

    private static string Reason(PropertyInfo parameter, bool isGiven)
    {
        // The run is named by the error itself.
        SweepRow.Bound();
        if (_refused?.Remove(parameter.PropertyType, out object? refused) is true)
        {
            if (parameter.IsDefined(typeof(FilePathAttribute)))
                return Printable.Of(FilePathAttribute.Refusal(refused));
            try
            {
                CellReader.Read(parameter.PropertyType, refused);
            }
            catch (ArgumentTransformationMetadataException failure)
            {
                return parameter.PropertyType == typeof(MlpDataset) && InputProperties.Unwrapped(refused) is PSCustomObject
                    ? $"{failure.Message} Where other objects come down the pipeline, -{parameter.Name} names the data."
                    : failure.Message;
            }
        }

        return $"-{parameter.Name} is {(isGiven ? "$null" : "missing")}.";
    }
}
