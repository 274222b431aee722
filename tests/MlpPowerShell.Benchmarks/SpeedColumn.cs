using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace MlpPowerShell.Benchmarks;

/// <summary>GFLOP/s, or its share of the multiply-add peak of as many threads.</summary>
internal sealed class SpeedColumn(bool share) : IColumn
{
    private static readonly Dictionary<(int Lanes, int Threads), double> _peaks = [];

    public string Id => ColumnName;

    public string ColumnName => share ? "of peak" : "GFLOP/s";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => share ? 1 : 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend =>
        share
            ? "GFLOP/s as a share of what as many threads do in multiply-adds alone, measured on this machine"
            : "Billions of floating-point operations a second, a multiply-add being two";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        IWork work = benchmarkCase.Parameters.Items.Select(item => item.Value).OfType<IWork>().Single();
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return "?";
        double speed = work.Operations / statistics.Mean;
        return (share ? speed / Peak(work.Lanes, work.Threads) : speed).ToString(share ? "P0" : "F1", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) =>
        summary.BenchmarksCases.All(item => item.Parameters.Items.Any(parameter => parameter.Value is IWork));

    private static double Peak(int lanes, int threads)
    {
        if (!_peaks.TryGetValue((lanes, threads), out double peak))
            _peaks[(lanes, threads)] = peak = FmaPeak.Measure(lanes, threads);
        return peak;
    }
}
