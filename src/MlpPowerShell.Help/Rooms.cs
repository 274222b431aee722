using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MlpPowerShell.Help;

/// <summary>The rooms of an assembly, which are its namespaces, and which of them uses which, from what was compiled.</summary>
public sealed class Rooms
{
    /// <summary>The room of what has no other: the assembly's own namespace.</summary>
    public const string Foundation = "Foundation";

    private readonly string _root;
    private readonly Dictionary<(string From, string To), SortedSet<string>> _uses = [];

    /// <param name="assembly">The assembly's file.</param>
    public Rooms(string assembly)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(assembly);
        _root = module.Assembly.Name.Name;
        foreach (TypeDefinition type in module.GetTypes().Where(type => RoomOf(type) is not null))
        {
            string from = RoomOf(type)!;
            foreach (TypeReference used in UsedBy(type).SelectMany(Parts))
            {
                if (RoomOf(used) is { } to && to != from)
                    Uses(from, to).Add($"{Outermost(type).Name} uses {Outermost(used).Name}");
            }
        }

        Names = [.. _uses.Keys.SelectMany(use => new[] { use.From, use.To }).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The rooms by name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Which room uses which, and by which of its types.</summary>
    public IEnumerable<(string From, string To, IReadOnlyCollection<string> By)> All =>
        _uses.Select(use => (use.Key.From, use.Key.To, (IReadOnlyCollection<string>)use.Value));

    private SortedSet<string> Uses(string from, string to)
    {
        if (!_uses.TryGetValue((from, to), out SortedSet<string>? by))
            _uses.Add((from, to), by = new SortedSet<string>(StringComparer.Ordinal));
        return by;
    }

    private string? RoomOf(TypeReference type)
    {
        string space = Outermost(type).Namespace;
        if (space == _root)
            return Foundation;
        return space.StartsWith(_root + '.', StringComparison.Ordinal) ? space[(_root.Length + 1)..].Split('.')[0] : null;
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    /// <summary>The types that a type's name consists of: an array's elements, a generic type and what it is of.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification { ElementType: { } element } => Parts(element),
        _ => [type],
    };

    private static IEnumerable<TypeReference?> UsedBy(TypeDefinition type)
    {
        IEnumerable<TypeReference?> members = type.Fields.SelectMany(field => OfAttributes(field).Append(field.FieldType))
            .Concat(type.Methods.SelectMany(UsedBy))
            .Concat(type.Properties.SelectMany(OfAttributes));
        return members.Append(type.BaseType).Concat(type.Interfaces.Select(item => item.InterfaceType)).Concat(OfConstraints(type)).Concat(OfAttributes(type));
    }

    private static IEnumerable<TypeReference?> UsedBy(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = OfSignature(method).Concat(OfConstraints(method)).Concat(OfAttributes(method));
        return method.HasBody
            ? signature.Concat(method.Body.Variables.Select(variable => variable.VariableType)).Concat(method.Body.Instructions.SelectMany(UsedBy))
            : signature;
    }

    private static IEnumerable<TypeReference?> UsedBy(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => OfSignature(method.ElementMethod).Concat(method.GenericArguments).Append(method.DeclaringType),
        MethodReference method => OfSignature(method).Append(method.DeclaringType),
        _ => [],
    };

    private static IEnumerable<TypeReference?> OfSignature(MethodReference method) =>
        method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);

    private static IEnumerable<TypeReference?> OfConstraints(IGenericParameterProvider provider) =>
        provider.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference?> OfAttributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.Select(attribute => attribute.AttributeType);
}
