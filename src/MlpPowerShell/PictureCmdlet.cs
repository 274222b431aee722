using System.Management.Automation;
using MlpPowerShell.Pictures;

namespace MlpPowerShell;

/// <summary>What cmdlets that draw pictures in the terminal have in common: rows of them, each written as soon as it is full.</summary>
public abstract class PictureCmdlet : TerminalCmdlet
{
    // Of the cells of most terminals, for the size of sixel pictures.
    private const int CellWidth = 9;

    private readonly List<CaptionedPicture> _row = [];
    private int _width;

    /// <summary>How many columns a picture takes at most; without it, so many that all fit the screen, or ten of them.</summary>
    [Parameter]
    [ValidateRange(4, 1000)]
    [Cell<int>]
    public int? Width { get; set; }

    /// <summary>Draws real pixels, on a terminal that knows sixels.</summary>
    [Parameter]
    public SwitchParameter Sixel { get; set; }

    /// <summary>How many pictures are to be drawn, as far as that is known.</summary>
    protected abstract int? PictureCount { get; }

    /// <summary>Draws a picture, with the others of its row.</summary>
    protected void Show(CaptionedPicture picture)
    {
        _row.Add(picture);
        if (_width == 0)
            _width = Width ?? TerminalPictures.WidthFor(picture.Picture, PictureCount, TerminalColumns, TerminalRows);
        if (!Sixel && _row.Count == TerminalPictures.PerRow(TerminalColumns, _width))
            Flush();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Flush();
    }

    private void Flush()
    {
        if (_row.Count > 0 && Sixel)
            WriteObject(MlpPowerShell.Pictures.Sixel.Encode(PictureSheet.Of(_row, string.Empty, CellWidth * TerminalColumns).ToBitmap()));
        else if (_row.Count > 0)
            WriteObject(TerminalPictures.Draw(_row, TerminalColumns, _width, TerminalColor), enumerateCollection: true);
        _row.Clear();
    }
}
