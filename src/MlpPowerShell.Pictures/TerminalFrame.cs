using System.Text;

namespace MlpPowerShell.Pictures;

/// <summary>
/// Lines that are drawn again and again at the end of what a terminal shows: what others wrote below them meanwhile moves up above them.
/// </summary>
public sealed class TerminalFrame
{
    /// <summary>
    /// The rows that are kept free below: where the cursor has not come to the last row of the window, its place tells how many lines
    /// others wrote.
    /// </summary>
    public const int Free = 5;

    private int _drawn;

    /// <summary>What draws the lines in the place of those before; after it the cursor stands at the start of the row below them.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="written">
    /// The rows that others have written since; null where that is not known, which leaves what is there as it is.
    /// </param>
    /// <param name="rows">The rows of the window.</param>
    public string Draw(IReadOnlyList<string> lines, int? written, int rows)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var text = new StringBuilder("\r");
        if (_drawn > 0 && written is { } below)
        {
            text.Append($"\e[{_drawn + below}A");
            if (below > 0)
                text.Append($"\e[{_drawn}M\e[{below}B");
        }

        foreach (string line in lines)
            text.Append(line).Append("\e[K\r\n");
        int free = Math.Clamp(rows - lines.Count - 1, 0, Free);
        text.Append("\e[J").Append('\n', free);
        if (free > 0)
            text.Append($"\e[{free}A");
        _drawn = lines.Count;
        return text.ToString();
    }
}
