namespace MlpPowerShell.Parity;

/// <summary>Something that is done here and by a reference.</summary>
public interface ICase
{
    /// <summary>What reference.py is told.</summary>
    /// <param name="runs">How often it is to be done in float32, to see what rounding does.</param>
    object Request(int runs);

    /// <summary>Does it here, and tells what does not agree with the reference: nothing, or lines to read.</summary>
    IReadOnlyList<string> Differences(Reference reference);
}
