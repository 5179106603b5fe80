namespace DeepfakeOperator.Simulator;

/// <summary>One trace under all scalers: a line of the table.</summary>
internal sealed record Comparison
{
    public required Trace Trace { get; init; }

    public required Outcome Ours { get; init; }

    /// <summary>KEDA with the one rule for all traces of its mode.</summary>
    public required Outcome Keda { get; init; }

    public required double KedaThreshold { get; init; }

    /// <summary>KEDA with the cheapest threshold that is on time in this very trace, as nobody can know it beforehand.</summary>
    public required Outcome KedaWithHindsight { get; init; }

    public required double OracleGpuSeconds { get; init; }

    /// <summary>The same items as a backlog, with the most workers from the start.</summary>
    public required Outcome Dealing { get; init; }

    public double KedaCost => Ours.GpuSeconds / Keda.GpuSeconds;

    public double HindsightCost => Ours.GpuSeconds / KedaWithHindsight.GpuSeconds;

    public double OracleCost => Ours.GpuSeconds / OracleGpuSeconds;

    public double DealingOverIdeal => Dealing.Finish / Dealing.Ideal;

    /// <summary>Neither within the deadline nor as early as KEDA.</summary>
    public bool IsLate => Ours.Finish > Trace.Deadline && Ours.Finish > Keda.Finish;

    /// <summary>Plays all traces.</summary>
    public static IReadOnlyList<Comparison> Run(IReadOnlyList<Trace> traces, CancellationToken cancellation) =>
        [.. traces.AsParallel().AsOrdered().WithCancellation(cancellation).Select(Of)];

    private static Comparison Of(Trace trace)
    {
        var keda = KedaTuning.Try(trace);
        return new Comparison
        {
            Trace = trace,
            Ours = World.Run(trace, new OurScaler(trace)),
            Keda = keda.Outcomes[keda.Rule],
            KedaThreshold = KedaTuning.ThresholdOf(trace, keda.Rule),
            KedaWithHindsight = keda.Outcomes[keda.Best],
            OracleGpuSeconds = Oracle.GpuSeconds(trace),
            Dealing = BatchWorld.Run(AsBacklog(trace), new FixedScaler(trace.Policy.Max)),
        };
    }

    private static Trace AsBacklog(Trace trace) => !trace.IsStream ? trace : trace with
    {
        Items = [.. trace.Arrivals.Select(partition => Enumerable.Repeat((float)trace.ItemWork, (int)partition.Sum(count => (double)count)).ToArray())],
        Arrivals = [],
    };
}
