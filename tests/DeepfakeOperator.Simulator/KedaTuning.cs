namespace DeepfakeOperator.Simulator;

/// <summary>
/// KEDA as a competent user sets it up: lagThreshold is what one worker does in a part of the deadline, the user knowing the worker's rate to the
/// last digit. Which
/// part, is one rule for batches and one for streams: of all that were tried, the cheapest that is late in no trace of six seeds (<c>--tune 6</c>).
/// </summary>
internal sealed record KedaTuning(Trace Trace, IReadOnlyList<Outcome> Outcomes)
{
    /// <summary>Parts tried: the deadline divided by powers of the root of two, from 1 to 128.</summary>
    private const int Parts = 15;

    private const int BatchRule = 4;
    private const int StreamRule = 8;

    /// <summary>The rule's part for this trace.</summary>
    public int Rule => Trace.IsStream ? StreamRule : BatchRule;

    /// <summary>The best for this trace alone.</summary>
    public int Best => Enumerable.Range(0, Parts).MinBy(part => (!IsOnTime(part), IsOnTime(part) ? Outcomes[part].GpuSeconds : Outcomes[part].Finish));

    public static KedaTuning Try(Trace trace) =>
        new(trace, [.. Enumerable.Range(0, Parts).Select(part => World.Run(trace, new KedaScaler(ThresholdOf(trace, part), trace.Policy.Max)))]);

    /// <summary>How each part does, by mode: what the rules are chosen from.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<KedaTuning> tried) =>
        from mode in tried.GroupBy(one => one.Trace.IsStream)
        from part in Enumerable.Range(0, Parts)
        let late = mode.Where(one => !one.IsOnTime(part)).Select(one => one.Trace.Name).ToList()
        let cost = mode.Average(one => one.Outcomes[part].GpuSeconds / one.Trace.Work)
        select FormattableString.Invariant(
            $"{(mode.Key ? "stream" : "batch"),-6}  deadline ÷ {DivisorOf(part),5:0.0}  part {part,2}  cost {cost:0.000}  late {late.Count,3} of {mode.Count()}  {string.Join(' ', late.Distinct())}");

    /// <summary>In items.</summary>
    public static double ThresholdOf(Trace trace, int part) => trace.Deadline / DivisorOf(part) * trace.ItemsPerSecond;

    private static double DivisorOf(int part) => Math.Pow(2, part / 2.0);

    private bool IsOnTime(int part) => Outcomes[part].Finish <= Trace.Deadline;
}
