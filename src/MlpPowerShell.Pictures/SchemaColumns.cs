using System.Globalization;
using MlpPowerShell.Engine.Evaluation;

namespace MlpPowerShell.Pictures;

/// <summary>The columns of a table of a data set's columns.</summary>
internal static class SchemaColumns
{
    private const int LongestName = 40;

    public static IReadOnlyList<RowColumn<MlpColumn>> All { get; } =
    [
        new("Name", 12, 0, column => column.Name) { IsText = true, Most = LongestName },
        new("Role", 7, 4, column => column.Role) { IsText = true },
        new("Kind", 8, 1, column => column.Kind) { IsText = true },
        new("Type", 8, 6, column => column.Type) { IsText = true },
        new("Distinct", 8, 3, column => column.Distinct?.ToString(CultureInfo.InvariantCulture)),
        new("Missing", 7, 2, column => column.Missing.ToString(CultureInfo.InvariantCulture)),
        new("Examples", 12, 5, column => string.Join(", ", column.Examples)) { IsText = true, Most = int.MaxValue },
    ];
}
