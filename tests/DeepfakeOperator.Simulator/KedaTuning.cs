namespace DeepfakeOperator.Simulator;

/// <summary>
/// KEDA as a competent user sets it up: lagThreshold is what one worker does in a part of the deadline, the user knowing the worker's rate to the last digit. Which
/// part, is one rule for batches and one for streams, found by trying all of them on these very traces: the cheapest that is on time in each.
/// </summary>
internal sealed record KedaTuning(Trace Trace, IReadOnlyList<Outcome> Outcomes)
{
    /// <summary>Parts tried: the deadline divided by powers of the root of two, from 1 to 128.</summary>
    private const int Parts = 15;

    /// <summary>The best for this trace alone.</summary>
    public int Best => Enumerable.Range(0, Parts).MinBy(part => (!IsOnTime(part), IsOnTime(part) ? Outcomes[part].GpuSeconds : Outcomes[part].Finish));

    public static KedaTuning Try(Trace trace) =>
        new(trace, [.. Enumerable.Range(0, Parts).Select(part => World.Run(trace, new KedaScaler(ThresholdOf(trace, part), trace.Policy.Max)))]);

    /// <summary>The best for all of them: first by the number that is late, then by cost.</summary>
    public static int Rule(IReadOnlyList<KedaTuning> tried) => Enumerable.Range(0, Parts).MinBy(part =>
        (tried.Count(one => !one.IsOnTime(part)), tried.Sum(one => one.Outcomes[part].GpuSeconds / one.Trace.Work)));

    /// <summary>In items.</summary>
    public static double ThresholdOf(Trace trace, int part) => trace.Deadline / DivisorOf(part) * trace.ItemsPerSecond;

    public static double DivisorOf(int part) => Math.Pow(2, part / 2.0);

    private bool IsOnTime(int part) => Outcomes[part].Finish <= Trace.Deadline;
}
