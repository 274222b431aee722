using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using MlpPowerShell.Engine.Training;
using MlpPowerShell.Pictures;

namespace MlpPowerShell.Commands;

/// <summary>Draws the losses and accuracies of trainings in the terminal.</summary>
[Cmdlet(VerbsCommon.Show, "MlpHistory")]
[OutputType(typeof(string), typeof(PSObject))]
public sealed class ShowMlpHistoryCommand : TerminalCmdlet
{
    private const int LeastHeight = 3;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private readonly List<CurvePoint> _points = [];
    private readonly Stopwatch _sinceDrawn = Stopwatch.StartNew();
    private readonly TerminalFrame _frame = new();
    private int? _row;

    /// <summary>Epochs, rows of a table that they were exported to, or models, whose history is drawn.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(VariableCompleter<MlpEpoch>))]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The rows of each chart.</summary>
    [Parameter]
    [ValidateRange(LeastHeight, 200)]
    [Cell<int>]
    public int Height { get; set; } = 10;

    /// <summary>
    /// Draws the curves while epochs come, again and again in the same place, and hands these on to the command that follows, if one does.
    /// </summary>
    [Parameter]
    public SwitchParameter Live { get; set; }

    /// <summary>The culture in which texts write numbers, as where epochs were exported to CSV in it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CultureCompleter))]
    public CultureInfo? Culture { get; set; }

    /// <summary>Hands on what comes; the curves are drawn on the screen beside it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject item in InputObject)
        {
            Run(item, () => _points.AddRange(CurvePoints.Of(item, Culture)), perItem: _points.Count > 0);
            if (HandsOn)
                WriteObject(item);
        }

        if (Live && IsScreen && _points.Count > 0 && (_row is null || _sinceDrawn.Elapsed > _interval))
            DrawInPlace();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_points.Count == 0)
            return;
        IReadOnlyList<string> lines = Lines(Height);
        if (lines.Count == 0)
            WriteWarning("Nothing is drawn: none of the figures is a finite number.");
        else if (Charts.NotDrawn(_points) is { } left)
            WriteWarning($"Not drawn, as it is no finite number: {left}.");
        if (IsScreen && (Live || HandsOn))
            DrawInPlace();
        else if (HandsOn)
            WriteInformation(string.Join(Environment.NewLine, lines), ["PSHOST"]);
        else
            WriteObject(lines, enumerateCollection: true);
    }

    /// <summary>Whether what comes goes on; beside the curves on the screen nobody wants it.</summary>
    private bool HandsOn => PassThru || (Live && MyInvocation.PipelinePosition < MyInvocation.PipelineLength);

    private IReadOnlyList<string> Lines(int height) => TerminalChart.Draw(_points, TerminalColumns - 1, height, TerminalColor);

    /// <summary>
    /// Draws over what was drawn before, in charts that the window holds: what has scrolled out of it can't be drawn over.
    /// </summary>
    private void DrawInPlace()
    {
        PSHostRawUserInterface ui = Host.UI.RawUI;
        int rows = ui.WindowSize.Height, height = Height;
        IReadOnlyList<string> lines = Lines(height);
        while (lines.Count + TerminalFrame.Free >= rows && height > LeastHeight)
            lines = Lines(--height);

        // In the last row the cursor may stand for any number of lines that scrolled.
        int row = ui.CursorPosition.Y;
        int? written = row - ui.WindowPosition.Y < rows - 1 ? Math.Max(row - (_row ?? row), 0) : null;
        Host.UI.Write(_frame.Draw(lines, written, rows));
        _row = ui.CursorPosition.Y;
        _sinceDrawn.Restart();
    }
}
