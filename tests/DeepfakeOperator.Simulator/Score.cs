using System.Globalization;

namespace DeepfakeOperator.Simulator;

/// <summary>What all traces together say, held against the goals.</summary>
internal sealed class Score(IReadOnlyList<Comparison> rows)
{
    private const double MostKedaMedian = 0.8;
    private const double MostKeda = 1.0;
    private const double MostOracleMedian = 1.15;
    private const double MostDealing = 1.10;

    public double KedaMedian { get; } = Median(rows.Select(row => row.KedaCost));

    public double KedaMax { get; } = rows.Max(row => row.KedaCost);

    public double HindsightMedian { get; } = Median(rows.Select(row => row.HindsightCost));

    public double OracleMedian { get; } = Median(rows.Select(row => row.OracleCost));

    public double DealingMax { get; } = rows.Max(row => row.DealingOverIdeal);

    public int Late { get; } = rows.Count(row => row.IsLate);

    public int Oscillations { get; } = rows.Sum(row => row.Ours.Oscillations);

    public bool IsReached => Missed.Count == 0;

    public IReadOnlyList<string> Missed =>
    [
        .. Check(KedaMedian <= MostKedaMedian, "keda_cost_median", MostKedaMedian),
        .. Check(KedaMax <= MostKeda, $"keda_cost_max ({rows.MaxBy(row => row.KedaCost)!.Trace.Name})", MostKeda),
        .. Check(OracleMedian <= MostOracleMedian, "oracle_cost_median", MostOracleMedian),
        .. Check(DealingMax <= MostDealing, "dealing_over_ideal_max", MostDealing),
        .. Check(Late == 0, $"late ({string.Join(' ', rows.Where(row => row.IsLate).Select(row => row.Trace.Name))})", 0),
        .. Check(Oscillations == 0, "oscillations", 0),
    ];

    /// <summary>The last line of the command; other tools read it.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"simulate: traces={rows.Count} keda_cost_median={KedaMedian:0.000} keda_cost_max={KedaMax:0.000} oracle_cost_median={OracleMedian:0.000} "
        + $"dealing_over_ideal_max={DealingMax:0.000} late={Late} oscillations={Oscillations}");

    private static IEnumerable<string> Check(bool reached, string name, double goal) =>
        reached ? [] : [string.Create(CultureInfo.InvariantCulture, $"{name} misses its goal of at most {goal}")];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
