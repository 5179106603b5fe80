using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>The traces. Sizes are those of a moderation team's day; only the seed's luck differs between runs.</summary>
internal static class Traces
{
    private const int Pods = 512;
    private const double Hour = 3600;

    /// <summary>A stream's items are to be done within a quarter of an hour.</summary>
    private const double StreamDeadline = 900;

    public static IReadOnlyList<Trace> All(int seed) =>
    [
        Backlog(seed), Overnight(seed), LongTail(seed), MixedSpeed(seed), SlowStart(seed), SpotLoss(seed), DeadBroker(seed),
        Steady(seed), Burst(seed), Diurnal(seed), HotPartition(seed), StreamSpotLoss(seed), StreamDeadBroker(seed),
    ];

    private static Trace Backlog(int seed)
    {
        var chance = new Chance(seed, "backlog");
        return Batch(chance, "backlog", "batch: 150,000 stills, 45 min", 150_000, () => chance.LogNormal(0.08, 0.5), Hour * 3 / 4);
    }

    private static Trace Overnight(int seed)
    {
        var chance = new Chance(seed, "overnight");
        return Batch(chance, "overnight", "batch: 400,000 items, 4 h", 400_000, () => chance.LogNormal(0.25, 0.8), 4 * Hour);
    }

    private static Trace LongTail(int seed)
    {
        var chance = new Chance(seed, "long-tail");
        // Stills and, one in twenty, videos of very different lengths.
        double Item() => chance.Between(0, 1) < 0.95 ? chance.LogNormal(0.08, 0.5) : Math.Min(120, chance.LogNormal(2.5, 1.2));
        return Batch(chance, "long-tail", "batch: stills, and 1 video in 20, up to 2 min of work; no expected rate, 1 h", 60_000, Item, Hour) with { Expected = null };
    }

    private static Trace MixedSpeed(int seed)
    {
        var chance = new Chance(seed, "mixed-gpus");
        return Batch(chance, "mixed-gpus", "batch: GPUs of speed 0.5, 1 and 2 as luck has it, 1 h", 150_000, () => chance.LogNormal(0.1, 0.5), Hour) with
        {
            Speeds = chance.Many(Pods, _ => chance.Pick(0.5, 1, 1, 2)),
        };
    }

    private static Trace SlowStart(int seed)
    {
        var chance = new Chance(seed, "slow-start");
        return Batch(chance, "slow-start", "batch: 4–6 min of image pull and engine build before the first item, 45 min", 120_000, () => chance.LogNormal(0.1, 0.5), Hour * 3 / 4) with
        {
            StartUps = chance.Many(Pods, _ => chance.Between(240, 360)),
        };
    }

    private static Trace SpotLoss(int seed)
    {
        var chance = new Chance(seed, "spot-loss");
        return Batch(chance, "spot-loss", "batch: the spot market takes 8 workers, one at a time, 1 h", 150_000, () => chance.LogNormal(0.1, 0.5), Hour) with
        {
            Losses = [.. chance.Many(8, _ => chance.Between(300, 3000)).Order()],
        };
    }

    private static Trace DeadBroker(int seed)
    {
        var chance = new Chance(seed, "dead-broker");
        var from = chance.Between(400, 800);
        return Batch(chance, "dead-broker", "batch: the broker is away for 10 min, 1 h", 150_000, () => chance.LogNormal(0.1, 0.5), Hour) with
        {
            Outage = (from, from + 600),
        };
    }

    private static Trace Steady(int seed)
    {
        var chance = new Chance(seed, "steady");
        return Stream(chance, "steady", "stream: 2.4 workers' work, 6 h", 48, 6 * Hour, (_, _) => 2.4 / 48);
    }

    private static Trace Burst(int seed)
    {
        var chance = new Chance(seed, "burst");
        var bursts = chance.Many(6, burst => Hour * burst + chance.Between(300, 1500));
        var sizes = chance.Many(6, _ => chance.Between(1800, 6000));
        double Load(double second) => bursts.Zip(sizes).Sum(burst => second >= burst.First && second < burst.First + 180 ? burst.Second / 180 : 0);
        return Stream(chance, "burst", "stream: silence, and six bursts of 0.5–1.7 GPU-hours within 3 min, 6 h", 48, 6 * Hour, (second, _) => Load(second) / 48);
    }

    private static Trace Diurnal(int seed)
    {
        var chance = new Chance(seed, "diurnal");
        return Stream(chance, "diurnal", "stream: 0.3 workers' work at night, 7.7 at noon, 24 h", 48, 24 * Hour, (second, _) => (4 - 3.7 * Math.Cos(second / (24 * Hour) * 2 * Math.PI)) / 48);
    }

    private static Trace HotPartition(int seed)
    {
        var chance = new Chance(seed, "hot-partition");
        return Stream(chance, "hot-partition", "stream: a third of 2.1 workers' work in one partition of 24, 6 h", 24, 6 * Hour, (_, partition) => partition == 0 ? 0.7 : 1.4 / 23);
    }

    private static Trace StreamSpotLoss(int seed)
    {
        var chance = new Chance(seed, "stream-spot-loss");
        return Stream(chance, "stream-spot-loss", "stream: 3.3 workers' work, and the spot market takes 12 workers, one at a time, 6 h", 48, 6 * Hour, (_, _) => 3.3 / 48) with
        {
            Losses = [.. chance.Many(12, _ => chance.Between(300, 6 * Hour)).Order()],
        };
    }

    private static Trace StreamDeadBroker(int seed)
    {
        var chance = new Chance(seed, "stream-dead-broker");
        var from = chance.Between(Hour, 4 * Hour);
        // Producers keep what they cannot send, and send it within a minute when they can.
        double Load(double second) => second < from || second >= from + 960 ? 1 : second < from + 900 ? 0 : 16;
        return Stream(chance, "stream-dead-broker", "stream: 2.4 workers' work; the broker is away for 15 min, then all comes at once, 6 h", 48, 6 * Hour, (second, _) => Load(second) * 2.4 / 48) with
        {
            Outage = (from, from + 900),
            // No clock runs while nobody can read.
            Deadline = StreamDeadline + 900,
        };
    }

    private static Trace Batch(Chance chance, string name, string story, int items, Func<double> work, double target)
    {
        const int partitions = 12;
        var all = Enumerable.Range(0, partitions).Select(_ => Enumerable.Range(0, items / partitions).Select(_ => (float)work()).ToArray()).ToArray();
        return new Trace
        {
            Name = name,
            Story = story,
            Policy = Policy(ScanMode.Batch) with { Target = TimeSpan.FromSeconds(target) },
            Expected = all.Sum(partition => partition.Length) / all.Sum(partition => partition.Sum(item => (double)item)),
            Deadline = target,
            Items = all,
            StartUps = UsualStartUps(chance),
            Speeds = UsualSpeeds(chance),
        };
    }

    private static Trace Stream(Chance chance, string name, string story, int partitions, double length, Func<double, int, double> load)
    {
        const double itemWork = 0.1;
        return new Trace
        {
            Name = name,
            Story = story,
            Policy = Policy(ScanMode.Stream),
            Expected = 1 / itemWork,
            Deadline = StreamDeadline,
            Arrivals = [.. Enumerable.Range(0, partitions).Select(partition =>
                Enumerable.Range(0, (int)length).Select(second => (float)chance.Poisson(load(second, partition) / itemWork)).ToArray())],
            ItemWork = itemWork,
            StartUps = UsualStartUps(chance),
            Speeds = UsualSpeeds(chance),
        };
    }

    private static ScalingPolicy Policy(ScanMode mode) => new()
    {
        Mode = mode,
        Min = 0,
        Max = 16,
        ScaleDownDelay = TimeSpan.FromSeconds(120),
    };

    /// <summary>A node's first pod pulls an image of several GB; each pod loads its model or builds its engine.</summary>
    private static double[] UsualStartUps(Chance chance) =>
        chance.Many(Pods, pod => chance.Between(60, 120) + (pod < 8 ? chance.Between(60, 120) : chance.Between(5, 20)));

    private static double[] UsualSpeeds(Chance chance) => chance.Many(Pods, _ => chance.Between(0.95, 1.05));
}
