namespace MlpPowerShell.Engine.Data;

/// <summary>
/// How training images are distorted at random, anew each time they are seen. Each amount is drawn evenly from minus to plus its option.
/// </summary>
public sealed record AugmentationOptions
{
    // Farther than any image reaches, and far from where floats overflow.
    private const double MaxPixels = 10_000;

    /// <summary>The largest shift along each axis, in pixels, from 0 to 10,000.</summary>
    [Within("The largest shift", 0, MaxPixels, Unit = "pixels")]
    public double RandomShift { get; init; }

    /// <summary>The largest rotation about the centre, in degrees, from 0 to 180.</summary>
    [Within("The largest rotation", 0, 180, Unit = "degrees")]
    public double RandomRotation { get; init; }

    /// <summary>The largest part by which width and height, each on its own, grow or shrink, from 0 to below 1.</summary>
    [Within("The largest change of size", 0, 1, Below = true)]
    public double RandomScale { get; init; }

    /// <summary>The largest slant of the upright axis, in degrees, from 0 to below 90.</summary>
    [Within("The largest shear", 0, 90, Below = true, Unit = "degrees")]
    public double RandomShear { get; init; }

    /// <summary>
    /// The strength of elastic distortions, from 0 to 10,000: each pixel is moved by noise from -1 to 1, blurred by a Gaussian, times this
    /// (Simard et al., 2003, section 2).
    /// </summary>
    [Within("The strength of elastic distortions", 0, MaxPixels)]
    public double ElasticAlpha { get; init; }

    /// <summary>
    /// The standard deviation of that Gaussian, in pixels, from 0.01 to 1,000: the larger, the more neighbours move together.
    /// </summary>
    [Within("The smoothness of elastic distortions", 0.01, 1000, Unit = "pixels")]
    public double ElasticSigma { get; init; } = 4;

    /// <summary>Whether images are distorted at all.</summary>
    public bool IsActive => RandomShift > 0 || RandomRotation > 0 || RandomScale > 0 || RandomShear > 0 || ElasticAlpha > 0;

    /// <summary>Checks every option.</summary>
    /// <exception cref="MlpException">One is outside its range.</exception>
    public void Validate() => OptionCheck.Ranges(this);
}
