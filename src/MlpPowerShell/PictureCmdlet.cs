using System.Management.Automation;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>What cmdlets that draw pictures in the terminal have in common: rows of them, each written as soon as it is full.</summary>
public abstract class PictureCmdlet : TerminalCmdlet
{
    // Of the cells of most terminals, for the size of sixel pictures.
    private const int CellWidth = 9;

    private readonly List<CaptionedPicture> _row = [];

    /// <summary>How many columns a picture takes at most.</summary>
    [Parameter]
    [ValidateRange(4, 1000)]
    [Cell<int>]
    public int Width { get; set; } = 28;

    /// <summary>Draws real pixels, on a terminal that knows sixels.</summary>
    [Parameter]
    public SwitchParameter Sixel { get; set; }

    /// <summary>Draws a picture, with the others of its row.</summary>
    protected void Show(CaptionedPicture picture)
    {
        _row.Add(picture);
        if (!Sixel && _row.Count == TerminalPictures.PerRow(TerminalColumns, Width))
            Flush();
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    private void Flush()
    {
        if (_row.Count > 0 && Sixel)
            WriteObject(MlpPowerShell.Pictures.Sixel.Encode(PictureSheet.Of(_row, string.Empty, CellWidth * TerminalColumns).ToBitmap()));
        else if (_row.Count > 0)
            WriteObject(TerminalPictures.Draw(_row, TerminalColumns, Width, TerminalColor), enumerateCollection: true);
        _row.Clear();
    }
}
