using System.Management.Automation;
using System.Management.Automation.Host;
using MlpPowerShell.Engine.Data;
using MlpPowerShell.Engine.Evaluation;
using MlpPowerShell.Engine.Network;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>What the format file calls to show an object that is more than a row of a table.</summary>
public static class Views
{
    private const int ColumnsWithoutTerminal = 80;
    private const string Blocks = " ▏▎▍▌▋▊▉█";

    /// <summary>The lines that show an object.</summary>
    /// <param name="item">A data set, a model, an evaluation or a comparison.</param>
    /// <param name="host">Where they are shown.</param>
    /// <param name="header">The sequence that starts a heading.</param>
    public static string[] Show(object item, PSHost host, string header)
    {
        var style = new CardStyle(ColumnsOf(host), header);
        return [.. (item is PSObject wrapped ? wrapped.BaseObject : item) switch
        {
            MlpDataset dataset => Cards.Of(dataset, style),
            MlpModel model => Cards.Of(model, style),
            MlpEvaluation evaluation => Cards.Of(evaluation, style),
            MlpComparison comparison => Cards.Of(comparison, style),
            var other => [$"{other}"],
        }];
    }

    /// <summary>A bar for a share.</summary>
    /// <param name="share">From 0 to 1; null for none.</param>
    /// <param name="width">The characters of a whole bar.</param>
    public static string Bar(double? share, int width)
    {
        int eighths = (int)Math.Round(8 * width * Math.Clamp(share ?? 0, 0, 1));
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? Blocks[eighths % 8] : string.Empty);
    }

    /// <summary>How wide a host is, or how wide to take one that has no window.</summary>
    internal static int ColumnsOf(PSHost host)
    {
        try
        {
            return host.UI?.RawUI?.BufferSize.Width is > 0 and int width ? width : ColumnsWithoutTerminal;
        }
        catch (Exception failure) when (failure is HostException or NotImplementedException or IOException)
        {
            // A host without a window, as those of background jobs are.
            return ColumnsWithoutTerminal;
        }
    }
}
