using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;
using MlpPowerShell.Engine;
using MlpPowerShell.Engine.Data;

namespace MlpPowerShell;

/// <summary>The models, data sets and paths that come down a pipeline, of which the command itself says what is none.</summary>
internal static class PipedInput
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Property, IPipedParameter Wanted)[]> _parameters = [];

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
        Dictionary<string, object> given = command.MyInvocation.BoundParameters;
        foreach ((PropertyInfo property, IPipedParameter wanted) in _parameters.GetOrAdd(command.GetType(), ParametersOf))
        {
            if (property.GetValue(command) is null && !(wanted.Unless is { } other && given.ContainsKey(other)))
            {
                string reason = Reason(property, wanted, given.ContainsKey(property.Name));
                throw new MlpException("WrongInput", MlpErrorKind.InvalidArgument, reason);
            }
        }
    }

    private static (PropertyInfo Property, IPipedParameter Wanted)[] ParametersOf(Type command) =>
    [
        .. from property in command.GetProperties()
           from wanted in property.GetCustomAttributes().OfType<IPipedParameter>()
           where wanted.IsPiped
           select (property, wanted),
    ];

    private static string Reason(PropertyInfo property, IPipedParameter wanted, bool isGiven)
    {
        // The run is named by the error itself.
        SweepRow.Bound();
        if (_refused?.Remove(property.PropertyType, out object? refused) is true && wanted.Refusal(refused) is { } refusal)
        {
            return property.PropertyType == typeof(MlpDataset) && InputProperties.Unwrapped(refused) is PSCustomObject
                ? $"{refusal} Where other objects come down the pipeline, -{property.Name} names the data."
                : refusal;
        }

        return $"-{property.Name} is {(isGiven ? "$null" : "missing")}.";
    }
}
