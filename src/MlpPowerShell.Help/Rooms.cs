using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MlpPowerShell.Help;

/// <summary>The rooms of an assembly, which are its namespaces, and which of them uses which, from what was compiled.</summary>
public sealed class Rooms
{
    /// <summary>The room of what has no other: the assembly's own namespace.</summary>
    public const string Foundation = "Foundation";

    /// <summary>The engine's rooms in their order: each uses only those before it.</summary>
    public static readonly ImmutableArray<string> Order =
        [Foundation, "Kernels", "Data", "Network", "Optimizers", "Distribution", "Files", "Training", "Evaluation"];

    private const string Begin = "<!-- rooms: drawn by the build -->";
    private const string End = "<!-- end of rooms -->";
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

    }

    /// <summary>The rooms that are used or use others.</summary>
    public IEnumerable<string> Names => _uses.Keys.SelectMany(use => new[] { use.From, use.To }).Distinct();

    /// <summary>What uses something that comes later in the order, or in no place of it, type by type.</summary>
    public IEnumerable<string> OutOfOrder => _uses.Where(use => PlaceOf(use.Key.To) >= PlaceOf(use.Key.From)).SelectMany(use => use.Value);

    /// <summary>The rooms that a room uses, in their order.</summary>
    public IEnumerable<string> UsedBy(string room) => _uses.Keys.Where(use => use.From == room).Select(use => use.To).OrderBy(PlaceOf);

    /// <summary>The rooms as a picture, without the arrows that follow from others (Mermaid), and a table of all that each uses.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("```mermaid\nflowchart BT\n");
        foreach (string room in Order)
        {
            string[] uses = [.. UsedBy(room)];
            foreach (string used in uses.Where(used => !uses.Any(other => Reaches(other, used))))
                text.Append(CultureInfo.InvariantCulture, $"    {room} --> {used}\n");
        }

        text.Append("```\n\n| room | uses |\n| --- | --- |\n");
        foreach (string room in Order)
            text.Append(CultureInfo.InvariantCulture, $"| {room} | {string.Join(", ", UsedBy(room))} |\n");
        return text.ToString();
    }

    /// <summary>A page with the picture of an assembly's rooms where the page has its marks for it.</summary>
    public static string Draw(string assembly, string page)
    {
        int start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        return $"{page[..start]}\n{new Rooms(assembly).ToMarkdown()}{page[end..]}";
    }

    private static int PlaceOf(string room) => Order.IndexOf(room);

    // Along the order alone, so that it ends where somebody has made a circle.
    private bool Reaches(string from, string to) =>
        UsedBy(from).Where(used => PlaceOf(used) < PlaceOf(from)).Any(used => used == to || Reaches(used, to));

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
        return members.Append(type.BaseType)
            .Concat(type.Interfaces.Select(item => item.InterfaceType))
            .Concat(OfConstraints(type))
            .Concat(OfAttributes(type));
    }

    private static IEnumerable<TypeReference?> UsedBy(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = OfSignature(method).Concat(OfConstraints(method)).Concat(OfAttributes(method));
        return method.HasBody
            ? signature.Concat(method.Body.Variables.Select(variable => variable.VariableType))
                .Concat(method.Body.Instructions.SelectMany(UsedBy))
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
