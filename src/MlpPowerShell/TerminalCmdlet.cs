using System.Management.Automation;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>What cmdlets that draw in the terminal have in common: how wide it is, and which colours it shows.</summary>
public abstract class TerminalCmdlet : MlpCmdlet
{
    /// <summary>The colours to draw with; those that the terminal seems to show without it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnumCompleter<TerminalColor>))]
    [Cell<TerminalColor>]
    public Choice<TerminalColor>? Color { get; set; }

    /// <summary>The columns to fill; those of the terminal without it.</summary>
    [Parameter]
    [ValidateRange(20, 1000)]
    [Cell<int>]
    public int? Columns { get; set; }

    /// <summary>The columns to fill.</summary>
    protected int TerminalColumns => Columns ?? Views.ColumnsOf(Host);

    /// <summary>The rows of the window.</summary>
    protected int TerminalRows => Views.RowsOf(Host);

    /// <summary>The colours to draw with.</summary>
    protected TerminalColor TerminalColor => Color ?? ColorOfHost();

    /// <summary>Whether what is written can be drawn over, as on a screen.</summary>
    protected bool IsScreen => Host.UI?.SupportsVirtualTerminal == true && !Console.IsOutputRedirected;

    private TerminalColor ColorOfHost()
    {
        bool plain = !IsScreen || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            || SessionState.PSVariable.GetValue("PSStyle") is { } style
                && $"{PSObject.AsPSObject(style).Properties["OutputRendering"]?.Value}" == "PlainText";
        if (plain)
            return TerminalColor.None;
        bool any = Environment.GetEnvironmentVariable("COLORTERM") is "truecolor" or "24bit"
            || Environment.GetEnvironmentVariable("WT_SESSION") is not null;
        return any ? TerminalColor.TrueColor : TerminalColor.Palette256;
    }
}
