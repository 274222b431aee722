using System.Diagnostics;
using System.Text.Json;

namespace MlpPowerShell.Parity;

/// <summary>A figure as the reference has it: its values, and how far rounding to float32 on the way moves each.</summary>
public sealed record ReferenceFigure(double[] Values, double[] Moved)
{
    // The reference's few runs need not meet the worst roundings, and sums go in another order here.
    private const double Margin = 8;

    // What rates and values themselves lose in float32.
    private const double Rounding = 1.0 / (1 << 21);

    /// <summary>How far off the farthest value is, as a part of what rounding explains: more than 1 is a mismatch.</summary>
    /// <param name="values">The engine's.</param>
    /// <param name="place">Which value it is; -1 where there are more or fewer.</param>
    public double Worst(double[] values, out int place)
    {
        place = -1;
        if (values.Length != Values.Length)
            return double.PositiveInfinity;
        double worst = 0;

        // What hardly moves by chance may as well have moved as the others.
        double usual = Math.Sqrt(Moved.Average(moved => moved * moved));
        for (int i = 0; i < values.Length; i++)
        {
            double bound = (Margin * Math.Max(usual, Moved[i])) + (Rounding * Math.Abs(Values[i]));
            double error = Math.Abs(values[i] - Values[i]);
            double part = error == 0 ? 0 : double.IsNaN(error) ? double.PositiveInfinity : error / bound;
            if (part > worst || place < 0)
                (worst, place) = (part, i);
        }

        return worst;
    }

    /// <summary>Whether rounding alone decides the figure: it moves a value by more than a thousandth of the largest, or of 1.</summary>
    public bool IsIllConditioned => Moved.Max() > 1e-3 * Math.Max(1, Values.Max(Math.Abs));
}

/// <summary>A process of Python that answers requests one after another.</summary>
public sealed class ReferenceProcess : IDisposable
{
    private readonly Process _process;

    private ReferenceProcess(Process process) => _process = process;

    /// <summary>How requests and answers are written.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Starts a Python that has PyTorch and scikit-learn; null where this machine has none.</summary>
    public static ReferenceProcess? Start()
    {
        string? python = Array.Find(["/usr/bin/python3", "python3", "python"], HasLibraries);
        if (python is null)
            return null;
        var start = new ProcessStartInfo(python, ["-W", "ignore", Path.Combine(AppContext.BaseDirectory, "reference.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ReferenceProcess(Process.Start(start)!);
    }

    /// <summary>Asks all requests, and hands out the answers in their order, as they come.</summary>
    public IEnumerable<Dictionary<string, ReferenceFigure>> Ask(IEnumerable<object> requests)
    {
        Task asking = Task.Run(() =>
        {
            foreach (object request in requests)
                _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, Json));
            _process.StandardInput.Close();
        });
        while (_process.StandardOutput.ReadLine() is { } line)
            yield return JsonSerializer.Deserialize<Dictionary<string, ReferenceFigure>>(line, Json)!;
        asking.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static bool HasLibraries(string python)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(python, ["-c", "import sklearn, torch"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
