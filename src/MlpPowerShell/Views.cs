using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using MlpPowerShell.Engine;
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

    // What shows the table that this thread is writing.
    [ThreadStatic]
    private static WeakReference<object>? _formatter;

    // The lines below the first of what this thread shows.
    [ThreadStatic]
    private static string[]? _below;

    /// <summary>
    /// The first line that shows an object: of a card, or of a row, whose heading stands above where it is the first of its table.
    /// </summary>
    /// <param name="item">
    /// A data set, model, evaluation or comparison; or an epoch, a prediction, a column or what a model file says; or what is left of one
    /// that another process made.
    /// </param>
    /// <param name="engine">What shows it.</param>
    /// <param name="header">The sequence that starts a heading.</param>
    public static string First(object item, EngineIntrinsics engine, string header)
    {
        string[] lines = Lines(item, engine, header);
        _below = lines[1..];
        return lines[0];
    }

    /// <summary>Whether there are lines below.</summary>
    public static bool HasBelow() => Below().Length > 0;

    /// <summary>The lines below; one by one, as PowerShell repeats all colours of a text in each line of it.</summary>
    public static string[] Below() => _below ?? [];

    /// <summary>All lines that show an object, as one text.</summary>
    /// <param name="item">The object.</param>
    /// <param name="engine">What shows it.</param>
    /// <param name="header">The sequence that starts a heading.</param>
    public static string Whole(object item, EngineIntrinsics engine, string header) =>
        string.Join(Environment.NewLine, Lines(item, engine, header));

    private static string[] Lines(object item, EngineIntrinsics engine, string header)
    {
        ArgumentNullException.ThrowIfNull(engine);
        object formatter = FormatSession.FormatterOf(engine);
        if (_formatter?.TryGetTarget(out object? last) != true || last != formatter)
        {
            Rows.End();
            _formatter = new(formatter);
        }

        var style = new CardStyle(FormatSession.WidthOf(engine), header);
        object shown = TravelledRows.Of(item);
        return CardOf(shown, NameOf(item), style) is { } card
            ? [.. Rows.End() ? [string.Empty] : Array.Empty<string>(), .. card, string.Empty]
            : [.. Rows.Of(shown, style)];
    }

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

    /// <summary>The first of some names, and how many more there are.</summary>
    /// <param name="names">The names.</param>
    public static string Names(string[] names) => Listing.Of(names);

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

    /// <summary>The lines of a card; null where an object is shown as a row.</summary>
    private static IEnumerable<string>? CardOf(object item, string? name, CardStyle style) => item switch
    {
        MlpDataset dataset => Cards.Of(dataset, style),
        MlpModel model => Cards.Of(model, name, style),
        MlpEvaluation evaluation => Cards.Of(evaluation, name, style),
        MlpComparison comparison => Cards.Of(comparison, style),
        IEnumerable<KeyValuePair<string, object?>> facts => Cards.Of(facts, style),
        _ => null,
    };
}
