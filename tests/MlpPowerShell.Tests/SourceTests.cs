namespace MlpPowerShell.Tests;

/// <summary>The size of what we write: files and lines that a reader sees whole.</summary>
public sealed class SourceTests
{
    private const int MostLines = 350;
    private const int MostColumns = 140;

    private static readonly string[] _folders = ["src", "tests", "module", ".ci"];
    private static readonly string[] _built = ["bin", "obj", "TestResults"];
    private static readonly string[] _extensions = [".cs", ".ps1", ".psm1", ".psd1", ".py", ".csproj", ".props"];

    [Fact]
    public void A_file_is_short()
    {
        Assert.All(Files(), file => Assert.True(File.ReadLines(file).Count() <= MostLines, file));
    }

    [Fact]
    public void A_line_is_short()
    {
        IEnumerable<string> wide = Files().SelectMany(file => File.ReadLines(file)
            .Select((line, at) => (Line: line, Place: $"{file}:{at + 1}"))
            .Where(line => line.Line.Length > MostColumns)
            .Select(line => line.Place));
        Assert.Empty(wide);
    }

    private static string[] Files()
    {
        string[] files =
        [
            .. _folders.SelectMany(folder => Directory.EnumerateFiles(
                    Path.Combine(Session.Root, folder), "*", SearchOption.AllDirectories))
                .Where(file => _extensions.Contains(Path.GetExtension(file)))
                .Where(file => !Path.GetRelativePath(Session.Root, file).Split(Path.DirectorySeparatorChar).Intersect(_built).Any()),
        ];
        Assert.True(files.Length > 400);
        return files;
    }
}
