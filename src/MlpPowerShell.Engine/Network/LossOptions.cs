using System.Globalization;
using System.Reflection;

namespace MlpPowerShell.Engine.Network;

/// <summary>What some losses leave to be chosen. A model keeps what belongs to its own.</summary>
public sealed record LossOptions
{
    private static readonly PropertyInfo[] _all =
        [.. typeof(LossOptions).GetProperties().Where(property => property.IsDefined(typeof(WithinAttribute)))];

    /// <summary>The distance, in units of the scaled target, from which <see cref="LossKind.Huber"/> grows in a straight line.</summary>
    [Within("Huber's delta", 0, Above = true)]
    public double HuberDelta { get; init; } = 1;

    /// <summary>The part of the targets that <see cref="LossKind.Quantile"/> leaves below its predictions.</summary>
    [Within("The quantile", 0, 1, Above = true, Below = true)]
    public double Quantile { get; init; } = 0.5;

    /// <summary>How much less a focal loss counts what is nearly right; 0 makes a cross-entropy of it.</summary>
    [Within("The gamma of the focal loss", 0)]
    public double FocalGamma { get; init; } = 2;

    /// <summary>The options that differ from their defaults, by name.</summary>
    public IEnumerable<KeyValuePair<string, double>> Given
    {
        get
        {
            var plain = new LossOptions();
            return _all.Where(option => ValueOf(option, this) != ValueOf(option, plain))
                .Select(option => KeyValuePair.Create(option.Name, ValueOf(option, this)));
        }
    }

    /// <summary>The options that were asked for and belong to other losses.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="isGiven">Which options somebody gave, be it with their defaults; null for those that differ from them.</param>
    public IEnumerable<UnusedOption> Unused(LossKind loss, Func<string, bool>? isGiven = null) => _all
        .Where(option => UnusedOption.IsAsked(option.Name, ValueOf(option, this), ValueOf(option, new LossOptions()), isGiven))
        .Select(option => option.Name)
        .Where(option => option != loss.Definition().Option)
        .Select(option => UnusedOption.Of(
            option, "loss", Array.FindAll(Enum.GetValues<LossKind>(), owner => owner.Definition().Option == option)));

    /// <summary>The same without what belongs to other losses.</summary>
    internal LossOptions For(LossKind loss)
    {
        var own = new LossOptions();
        foreach (PropertyInfo option in _all.Where(option => option.Name == loss.Definition().Option))
            option.SetValue(own, option.GetValue(this));
        return own;
    }

    /// <summary>The options that differ from their defaults.</summary>
    public override string ToString() =>
        string.Join(", ", Given.Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Key} {option.Value}")));

    private static double ValueOf(PropertyInfo option, LossOptions options) => (double)option.GetValue(options)!;
}
