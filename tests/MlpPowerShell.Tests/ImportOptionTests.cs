using System.Management.Automation;

namespace MlpPowerShell.Tests;

/// <summary>Each parameter of Import-MlpDataset with each kind of what it reads: it acts, or is refused by its name.</summary>
public sealed class ImportOptionTests : IDisposable
{
    private const string Typed = "Label Feature Exclude Category Task ColumnType Aside ImageShape Like";
    private const string Columns = Typed + " Encoding";
    private const string Separated = Columns
        + " Delimiter NoHeader HasHeader Header SkipLines Comment Culture DecimalSeparator DateFormat MissingValue";

    // What names a source, or is no option of one.
    private static readonly string[] _sources = ["Path", "LiteralPath", "ImageFolder"];

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("t.csv", "", Separated + " Stream First Skip")]
    [InlineData("t.csv", "-Stream", Separated + " Stream MemoryLimit CachePath")]
    [InlineData("t.csv, t.csv", "", Separated + " FeatureCount")]
    [InlineData("t.arff", "", Columns + " First Skip")]
    [InlineData("t.jsonl", "", Columns + " Culture DecimalSeparator DateFormat MissingValue First Skip")]
    [InlineData("t.svm", "", Columns + " FeatureCount First Skip")]
    [InlineData("t.parquet", "", Typed + " First Skip")]
    [InlineData("a.npy", "", "LabelPath First Skip")]
    [InlineData("a.npz", "", "Label Feature First Skip")]
    [InlineData("pictures", "", "ImageShape Like Normalize")]
    [InlineData("-ImageFolder pictures", "", "ImageShape Like Normalize")]
    public void A_parameter_acts_or_is_refused(string source, string always, string used)
    {
        Prepare();
        string[] all = [.. _session.Run("""
            $common = [System.Management.Automation.Cmdlet]::CommonParameters
            (Get-Command Import-MlpDataset).Parameters.Keys.Where({ $_ -notin $common })
            """).Select(name => name.ToString()).Except(_sources)];
        string[] acting = used.Split(' ');
        Assert.Empty(acting.Except(all));
        foreach (string parameter in all.Where(name => always != $"-{name}"))
        {
            string command = $"Import-MlpDataset {source} {always} {Argument(parameter, source)}";
            Session.Result result = _session.Try(command);
            if (acting.Contains(parameter))
            {
                Assert.True(result.Errors.Length == 0, $"{command}: {result.Errors.FirstOrDefault()}");
                continue;
            }

            ErrorRecord error = Assert.Single(result.Errors);
            Assert.Contains($"-{parameter} ", error.Exception.Message);
            Assert.Matches("^(ParameterUnused|StreamedWhole),", error.FullyQualifiedErrorId);
        }
    }

    [Theory]
    [InlineData("Import-MlpDataset a.npz -Label y, z", "OneArray")]
    [InlineData("Import-MlpDataset pictures -Like (Import-MlpDataset t.csv)", "NoImages")]
    public void What_can_mean_nothing_is_refused(string command, string errorId)
    {
        Prepare();
        Assert.StartsWith(errorId + ",", Assert.Single(_session.Try(command).Errors).FullyQualifiedErrorId);
    }

    private static string Argument(string parameter, string source) => parameter switch
    {
        "Label" => source == "a.npz" ? "-Label y" : source.EndsWith(".svm", StringComparison.Ordinal) ? "-Label label" : "-Label y",
        "Feature" => $"-Feature {FirstOf(source)}",
        "Exclude" => $"-Exclude {FirstOf(source)}",
        "Category" => $"-Category {FirstOf(source)}",
        "Task" => "-Task Classification",
        "ColumnType" => $"-ColumnType @{{ '{FirstOf(source)}' = 'Number' }}",
        "Aside" => $"-Aside {FirstOf(source)}",
        "FeatureCount" => "-FeatureCount 2",
        "ImageShape" => source.StartsWith('t') ? "-ImageShape 1, 2" : "-ImageShape 28, 28",
        "Like" => source.StartsWith('t') ? $"-Like (Import-MlpDataset {source})" : "-Like (Import-Mnist -First 10)",
        "Normalize" => source.Contains("pictures", StringComparison.Ordinal) ? "-Normalize -ImageShape 28, 28" : "-Normalize",
        "Delimiter" => "-Delimiter ','",
        "NoHeader" => source.StartsWith('t')
            ? "-NoHeader -Label 3 -ColumnType @{ '1' = 'Category'; '2' = 'Category'; '3' = 'Category' }"
            : "-NoHeader",
        "HasHeader" => "-HasHeader",
        "Header" => source.StartsWith('t')
            ? "-Header x, w, y -ColumnType @{ x = 'Category'; w = 'Category'; y = 'Category' }"
            : "-Header a",
        "SkipLines" => "-SkipLines 0",
        "Comment" => "-Comment '#'",
        "Encoding" => "-Encoding latin1",
        "Culture" => "-Culture ([cultureinfo]::InvariantCulture)",
        "DecimalSeparator" => "-DecimalSeparator ','",
        "DateFormat" => "-DateFormat 'd.M.yy'",
        "MissingValue" => "-MissingValue '-'",
        "LabelPath" => "-LabelPath labels.npy",
        "First" => "-First 2",
        "Skip" => "-Skip 1",
        "Stream" => "-Stream",
        "MemoryLimit" => "-MemoryLimit 1000000",
        "CachePath" => "-CachePath .",
        _ => throw new ArgumentException($"The parameter {parameter} is new: say here what to try, and above where it acts."),
    };

    // Columns of LIBSVM's files have numbers.
    private static string FirstOf(string source) => source == "t.svm" ? "1" : "x";

    private void Prepare()
    {
        string references = Path.Combine(Session.Root, "tests", "MlpPowerShell.Engine.Tests", "references");
        File.WriteAllText(Path.Combine(_session.Folder, "t.csv"), "x,w,y\n1,2,0\n2,3,1\n3,5,0\n4,4,1\n");
        File.WriteAllText(
            Path.Combine(_session.Folder, "t.arff"),
            "@relation t\n@attribute x numeric\n@attribute w numeric\n@attribute y {0,1}\n@data\n1,2,0\n2,3,1\n3,5,0\n4,4,1\n");
        File.WriteAllText(
            Path.Combine(_session.Folder, "t.jsonl"),
            string.Concat(Enumerable.Range(1, 4).Select(i => $"{{\"x\":{i},\"w\":{i + 1},\"y\":{i % 2}}}\n")));
        File.WriteAllText(Path.Combine(_session.Folder, "t.svm"), "0 1:1 2:2\n1 1:2 2:3\n0 1:3 2:5\n1 1:4 2:4\n");
        foreach ((string from, string to) in new[]
        {
            ("numpy/f4.npy", "a.npy"), ("numpy/images.npz", "a.npz"), ("pictures/00-7.png", "pictures/7/a.png"),
            ("pictures/12-9.png", "pictures/9/a.png"), ("parquet/small/t.parquet", "t.parquet"),
        })
        {
            string path = Path.Combine(_session.Folder, to);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(Path.Combine(references, from), path);
        }

        // Labels for the array's four samples: a header of NumPy's, and four bytes.
        string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }".PadRight(117) + "\n";
        File.WriteAllBytes(
            Path.Combine(_session.Folder, "labels.npy"),
            [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 0, 1, 0, 1]);
    }
}
