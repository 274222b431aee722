using System.Globalization;
using System.Text;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Network;

namespace MlpPowerShell.Pictures;

/// <content>What a model takes: how it is written, and what becomes of it on the way in.</content>
public sealed partial class RunReport
{
    private const int MostColumns = 200;

    private void AppendColumns(StringBuilder page)
    {
        AppendHeading(page, "Inputs");
        IReadOnlyList<FeatureColumn> columns = Model.Input.Columns;
        if (columns.Count == 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Text($"{Model.Input}")}, as they are.</p>\n");
            return;
        }

        page.Append("<table>\n<tr><th>column</th><th>kind</th><th>becomes</th></tr>\n");
        foreach (FeatureColumn column in columns.Take(MostColumns))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Text(column.Name)}</td><td>{column.Kind}</td><td>{Text(column.Encoding)}</td></tr>\n");
        }

        page.Append("</table>\n");
        if (columns.Count > MostColumns)
            page.Append(CultureInfo.InvariantCulture, $"<p>And {Figures.Count(columns.Count - MostColumns)} more.</p>\n");
        if (Model.Input.Conventions is { AreNone: false } conventions)
            AppendReading(page, conventions);
    }

    /// <summary>How texts are read: of all columns, and of those that are written otherwise.</summary>
    private static void AppendReading(StringBuilder page, TextConventions conventions)
    {
        (string Column, string Facts)[] told = [.. conventions.Columns
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (pair.Key, FactsOf(pair.Value)))
            .Prepend(("all columns", FactsOf(conventions)))
            .Where(pair => pair.Item2.Length > 0)];
        AppendHeading(page, "How texts are read");
        AppendTable(page, told.Take(MostColumns));
        if (told.Length > MostColumns)
            page.Append(CultureInfo.InvariantCulture, $"<p>And {Figures.Count(told.Length - MostColumns)} more.</p>\n");
    }

    private static string FactsOf(TextConventions conventions) => string.Join(", ", new[]
    {
        conventions.DecimalSeparator switch
        {
            null => null,
            ',' => "numbers with a comma before the fraction",
            _ => "numbers with a point before the fraction",
        },
        conventions.ArePercents ? "percentages" : null,
        conventions.DateFormats.Count > 0 ? $"dates as {string.Join(" or ", conventions.DateFormats)}" : null,
        conventions.MonthNames.Count > 0 ? $"months from {conventions.MonthNames[0]} on" : null,
        conventions.MissingValues.Count > 0 ? $"no value where {string.Join(" or ", conventions.MissingValues)} stands" : null,
    }.OfType<string>());
}
