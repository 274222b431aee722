using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace MlpPowerShell.Parity;

/// <summary>References that are kept, of small networks that are drawn again from their seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Fingerprints">A hash of each network's request: another one is of a network that is drawn otherwise by now.</param>
/// <param name="References">What PyTorch made of each.</param>
public sealed record KeptReferences(int Seed, string[] Fingerprints, Reference[] References)
{
    private const int Runs = 20;
    private const int Digits = 9;

    /// <summary>Reads a file.</summary>
    public static KeptReferences Read(string path) => JsonSerializer.Deserialize<KeptReferences>(File.ReadAllText(path))!;

    /// <summary>Has the references made, and writes them.</summary>
    public static void Write(string path, int seed, int networks)
    {
        object[] requests = [.. Enumerable.Range(1, networks).Select(number => NetworkDraw.Of(seed, number, isSmall: true).Request(Runs))];
        using ReferenceProcess process = ReferenceProcess.Start();
        Reference[] references = [.. process.Ask(requests)];
        foreach (Reference reference in references)
        {
            foreach ((string name, ReferenceFigure figure) in reference)
                reference[name] = new ReferenceFigure(Rounded(figure.Values, Digits), Rounded(figure.Moved, 2));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(new KeptReferences(seed, [.. requests.Select(Fingerprint)], references)) + "\n");
    }

    /// <summary>The networks, drawn again.</summary>
    public NetworkCase Network(int index) => NetworkDraw.Of(Seed, index + 1, isSmall: true);

    /// <summary>Whether a network is the one that its reference was made of.</summary>
    public bool IsOf(int index) => Fingerprint(Network(index).Request(Runs)) == Fingerprints[index];

    private static string Fingerprint(object request) =>
        Convert.ToHexString(XxHash3.Hash(Encoding.UTF8.GetBytes(ReferenceProcess.Text(request))));

    private static double[] Rounded(double[] values, int digits)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return Array.ConvertAll(values, value => double.Parse(value.ToString($"G{digits}", invariant), invariant));
    }
}
