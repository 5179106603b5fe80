using CsCheck;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Simulator;

namespace DeepfakeOperator.Operator.Tests.Autoscaling;

public sealed class SimulatorTests
{
    private static readonly Gen<Trace> AnyTrace = Gen.Select(Gen.Int[0, 100_000], Gen.Bool).Select(Small);

    [Fact]
    public void Every_item_is_done_once_under_every_scaler() => AnyTrace.Sample(trace =>
    {
        Assert.Equal(trace.Count, World.Run(trace, new OurScaler(trace)).Processed);
        Assert.Equal(trace.Count, World.Run(trace, new KedaScaler(500, trace.Policy.Max)).Processed);
        if (!trace.IsStream) Assert.Equal(trace.Count, World.Run(trace, new FixedScaler(3)).Processed);
    }, iter: 60, threads: 1);

    [Fact]
    public void Nobody_who_is_on_time_is_cheaper_than_the_oracle() => AnyTrace.Sample(trace =>
    {
        IScaler[] scalers = [new OurScaler(trace), new KedaScaler(200, trace.Policy.Max), new KedaScaler(5000, trace.Policy.Max)];
        foreach (var outcome in scalers.Select(scaler => World.Run(trace, scaler)).Where(outcome => outcome.Finish <= trace.Deadline))
        {
            Assert.True(outcome.GpuSeconds >= Oracle.GpuSeconds(trace), $"{outcome.GpuSeconds} < {Oracle.GpuSeconds(trace)}");
        }
    }, iter: 60, threads: 1);

    [Fact]
    public void No_batch_ends_before_all_speed_together_allows() => AnyTrace.Where(trace => !trace.IsStream).Sample(trace =>
    {
        var outcome = World.Run(trace, new FixedScaler(4));
        Assert.True(outcome.Finish >= outcome.Ideal);
    }, iter: 40, threads: 1);

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var (one, two) = (Traces.All(7).First(trace => trace.Name == "burst"), Traces.All(7).First(trace => trace.Name == "burst"));
        Assert.Equal(World.Run(one, new OurScaler(one)), World.Run(two, new OurScaler(two)));
    }

    [Fact]
    public void Keda_asks_for_lag_over_threshold_and_waits_before_it_asks_for_less()
    {
        var keda = new KedaScaler(100, 10);
        Assert.Equal(4, keda.Decide(Lag(0, 301)));
        Assert.Equal(10, keda.Decide(Lag(30, 5000)));
        Assert.Equal(10, keda.Decide(Lag(60, 0)));
        Assert.Equal(10, keda.Decide(Lag(90, 0) with { OffsetsKnown = false }));
        Assert.Equal(0, keda.Decide(Lag(330, 0)));
    }

    [Fact]
    public void Up_down_up_within_the_delay_is_an_oscillation()
    {
        Assert.Equal(1, Outcome.OscillationsOf([(0, 4), (50, 2), (100, 3)], 120));
        Assert.Equal(0, Outcome.OscillationsOf([(0, 4), (50, 2), (130, 3)], 120));
        Assert.Equal(0, Outcome.OscillationsOf([(0, 4), (50, 6), (100, 2)], 120));
    }

    [Fact]
    public async Task The_table_goes_between_the_marks_of_a_page_and_nowhere_else()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "before\n<!-- simulate: start -->old<!-- simulate: end -->\nafter\n", cancellation);
        await Page.WriteAsync(path, "new", cancellation);
        Assert.Equal("before\n<!-- simulate: start -->\n\nnew\n\n<!-- simulate: end -->\nafter\n", await File.ReadAllTextAsync(path, cancellation));
        await File.WriteAllTextAsync(path, "no marks", cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(() => Page.WriteAsync(path, "new", cancellation));
        File.Delete(path);
    }

    private static View Lag(double now, long lag) =>
        new() { Now = now, OffsetsKnown = true, Lag = lag, ProcessedByBusy = 0, BusySeconds = 0, Ready = 0, Pending = 0, PendingFor = 0, StartUp = null };

    /// <summary>A quarter of an hour or so of everything at once: uneven items, speeds, start-ups, losses and an outage.</summary>
    private static Trace Small(int seed, bool stream)
    {
        var chance = new Chance(seed, "small");
        var partitions = (int)chance.Between(1, 8);
        var from = chance.Between(0, 600);
        var trace = new Trace
        {
            Name = "small",
            Story = "",
            Policy = new ScalingPolicy
            {
                Mode = stream ? ScanMode.Stream : ScanMode.Batch,
                Min = 0,
                Max = (int)chance.Between(1, 10),
                Target = stream ? null : TimeSpan.FromMinutes(15),
                ScaleDownDelay = TimeSpan.FromSeconds(60),
            },
            Expected = chance.Pick<double?>(null, 10),
            Deadline = 900,
            ShardItems = 64,
            StartUps = chance.Many(50, _ => chance.Between(1, 120)),
            Speeds = chance.Many(50, _ => chance.Between(0.5, 2)),
            Losses = [.. chance.Many(3, _ => chance.Between(60, 900)).Order()],
            Outage = (from, from + chance.Between(0, 120)),
        };
        return stream
            ? trace with { ItemWork = 0.1, Arrivals = [.. Enumerable.Range(0, partitions).Select(_ => Enumerable.Range(0, 900).Select(_ => (float)chance.Poisson(2)).ToArray())] }
            : trace with { Items = [.. Enumerable.Range(0, partitions).Select(_ => Enumerable.Range(0, 2000).Select(_ => (float)chance.LogNormal(0.1, 1)).ToArray())] };
    }
}
