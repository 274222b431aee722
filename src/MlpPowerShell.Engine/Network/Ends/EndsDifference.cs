using System.Text.Json;

namespace MlpPowerShell.Engine.Network;

/// <summary>In which respects two models take other inputs, or their outputs stand for other answers.</summary>
internal static class EndsDifference
{
    /// <summary>The differences, in words.</summary>
    /// <param name="here">The ends of one model.</param>
    /// <param name="there">Those of the other.</param>
    public static IEnumerable<string> Between(ModelEnds here, ModelEnds there) =>
    [
        .. OfNames("ClassNames", [.. here.Output.Names], [.. there.Output.Names]),
        .. OfColumns("inputs", here.Input.Columns, there.Input.Columns),
        .. OfColumns("targets", here.Output.Targets, there.Output.Targets),
        .. OfValues("ImageShape", here.Input.ImageShape, there.Input.ImageShape),
        .. OfValues("PictureStyle", here.Input.PictureStyle, there.Input.PictureStyle),
    ];

    private static IEnumerable<string> OfColumns(string what, IReadOnlyList<FeatureColumn> here, IReadOnlyList<FeatureColumn> there)
    {
        string[] renamed =
            OfNames($"the {what}", [.. here.Select(column => column.Name)], [.. there.Select(column => column.Name)]);
        return renamed.Length > 0 ? renamed : here.Zip(there).Where(pair => ContentOf(pair.First) != ContentOf(pair.Second))
            .SelectMany(pair => Told($"what {pair.First.Name} becomes", pair.First.Encoding, pair.Second.Encoding));
    }

    private static string[] OfNames(string what, string[] here, string[] there) =>
        here.SequenceEqual(there) ? [] : Told(what, Listing.Of(here), Listing.Of(there));

    private static string[] OfValues<T>(string what, T here, T there) =>
        Equals(here, there) ? [] : Told(what, $"{here}", $"{there}");

    private static string[] Told(string what, string here, string there) => [$"{what} is {here} here and {there} there"];

    /// <summary>All that decides what a value becomes, and nothing of the values that it was fitted to.</summary>
    private static string ContentOf(FeatureColumn column) =>
        JsonSerializer.Serialize(column with { Type = null, Minimum = null, Maximum = null, MissingCount = 0 });
}
