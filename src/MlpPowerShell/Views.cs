using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>What the format file calls to show objects as cards, and as rows whose columns depend on what they hold.</summary>
public static class Views
{
    private const int ColumnsWithoutTerminal = 80;
    private const int RowsWithoutTerminal = 25;

    /// <summary>The lines that show an object.</summary>
    /// <param name="item">A data set, a model, an evaluation or a comparison.</param>
    /// <param name="host">Where they are shown.</param>
    /// <param name="header">The sequence that starts a heading.</param>
    public static string[] Show(object item, PSHost host, string header)
    {
        var style = new CardStyle(ColumnsOf(host), header);
        return [.. Unwrapped(item) switch
        {
            MlpDataset dataset => Cards.Of(dataset, style),
            MlpModel model => Cards.Of(model, NameOf(item), style),
            MlpEvaluation evaluation => Cards.Of(evaluation, NameOf(item), style),
            MlpComparison comparison => Cards.Of(comparison, style),
            var other => [$"{other}"],
        }];
    }

    /// <summary>What the rows of one table have in common.</summary>
    /// <param name="item">An epoch, a prediction or a column.</param>
    public static string KindOf(object item) => Rows.KindOf(RowOf(item));

    /// <summary>Begins a table, whose first row brings its heading: PowerShell would leave a line between these.</summary>
    public static void Begin() => Rows.Begin();

    /// <summary>An object as a row.</summary>
    /// <param name="item">An epoch, a prediction or a column.</param>
    /// <param name="host">Where it is shown.</param>
    /// <param name="header">The sequence that starts a heading; empty where there are no colours.</param>
    public static string Row(object item, PSHost host, string header) =>
        string.Join(Environment.NewLine, Rows.Of(RowOf(item), new CardStyle(ColumnsOf(host), header)));

    /// <summary>A number as cards show it, the same in any culture.</summary>
    /// <param name="value">The number; null for none.</param>
    /// <param name="format">A format of .NET.</param>
    public static string? Number(IFormattable? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A loss, or another figure that is mostly near 1.</summary>
    /// <param name="loss">The loss; null for none.</param>
    public static string? Loss(double? loss) => loss is { } number ? Figures.Loss(number) : null;

    /// <summary>A share in percent.</summary>
    /// <param name="share">The share; null for none.</param>
    public static string? Percent(double? share) => share is { } number ? Figures.Percent(number) : null;

    /// <summary>The name that a row of a table of runs gave an object; null where it has none.</summary>
    /// <param name="item">A model or an evaluation.</param>
    public static string? NameOf(object item) =>
        PSObject.AsPSObject(item).Properties["Name"] is PSNoteProperty { Value: { } name } ? $"{name}" : null;

    /// <summary>How wide a host is, or how wide to take one that has no window.</summary>
    internal static int ColumnsOf(PSHost host) => Asked(host, ui => ui.BufferSize.Width, ColumnsWithoutTerminal);

    /// <summary>How many rows the window of a host has, or how many to take one to have that has no window.</summary>
    internal static int RowsOf(PSHost host) => Asked(host, ui => ui.WindowSize.Height, RowsWithoutTerminal);

    private static int Asked(PSHost host, Func<PSHostRawUserInterface, int> size, int otherwise)
    {
        try
        {
            return host.UI?.RawUI is { } ui && size(ui) is > 0 and int known ? known : otherwise;
        }
        catch (Exception failure) when (failure is HostException or NotImplementedException or IOException)
        {
            // A host without a window, as those of background jobs are.
            return otherwise;
        }
    }

    private static object Unwrapped(object item) => item is PSObject wrapped ? wrapped.BaseObject : item;

    /// <summary>An object as rows take it: of a prediction, with the file that it is for.</summary>
    private static object RowOf(object item) => Unwrapped(item) is not MlpPrediction prediction ? Unwrapped(item) : new PredictionRow(
        prediction,
        PSObject.AsPSObject(item).Properties["Path"] is PSNoteProperty { Value: { } path } ? Path.GetFileName($"{path}") : null);
}
