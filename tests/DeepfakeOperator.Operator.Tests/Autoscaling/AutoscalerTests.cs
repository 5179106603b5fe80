using CsCheck;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.Autoscaling;

public sealed class AutoscalerTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static readonly Gen<ScalingPolicy> AnyPolicy =
        from mode in Gen.Bool.Select(stream => stream ? ScanMode.Stream : ScanMode.Batch)
        from min in Gen.Int[0, 4]
        from more in Gen.Int[0, 30]
        from target in Gen.Int[0, 20_000]
        from delay in Gen.Int[0, 300]
        select new ScalingPolicy
        {
            Mode = mode,
            Min = min,
            Max = Math.Max(1, min + more),
            Target = mode == ScanMode.Stream || target < 60 ? null : TimeSpan.FromSeconds(target),
            ScaleDownDelay = TimeSpan.FromSeconds(delay),
        };

    private static readonly Gen<PartitionDemand> AnyPartition =
        Gen.Select(Gen.Int[0, 20_000], Gen.Double[0, 30], Gen.Bool).Select((lag, arrivals, quiet) => quiet ? default : new PartitionDemand(lag, arrivals));

    private static readonly Gen<ScalingInput> AnyInput =
        from now in Gen.Int[0, 20_000]
        from left in Gen.Int[1, 1_000_000]
        from shards in Gen.Int[1, 200]
        from partitions in AnyPartition.Array[1, 40]
        from rate in Gen.Double[0.05, 100]
        from rateKnown in Gen.Bool
        from ready in Gen.Int[0, 20]
        from pending in Gen.Int[0, 20]
        from pendingFor in Gen.Int[0, 400]
        from startUp in Gen.Int[0, 400]
        select new ScalingInput
        {
            Now = Start.AddSeconds(now),
            Elapsed = TimeSpan.FromSeconds(now),
            OffsetsKnown = true,
            Left = left,
            Shards = shards,
            Partitions = partitions,
            RatePerWorker = rateKnown ? rate : null,
            Ready = ready,
            Pending = pending,
            PendingFor = TimeSpan.FromSeconds(pendingFor),
            StartUp = startUp == 0 ? null : TimeSpan.FromSeconds(startUp),
        };

    [Fact]
    public void Never_outside_min_and_max_and_never_more_than_the_shards_left() => Gen.Select(AnyPolicy, AnyInput, Gen.Int[0, 60]).Sample((policy, input, last) =>
    {
        var decision = Autoscaler.Decide(policy, input with { Last = new ScalingDecision(last, "Any", "") });
        var most = policy.Mode == ScanMode.Batch ? Math.Min(policy.Max, input.Shards) : policy.Max;
        Assert.InRange(decision.Desired, Math.Min(policy.Min, most), most);
        Assert.Matches("^[A-Z][A-Za-z]+$", decision.Reason);
    });

    [Fact]
    public void A_stream_never_asks_for_more_workers_than_partitions_with_work() => Gen.Select(AnyPolicy, AnyInput).Sample((policy, input) =>
    {
        var stream = policy with { Mode = ScanMode.Stream, Target = null, Min = 0 };
        var decision = Autoscaler.Decide(stream, input with { Last = new ScalingDecision(0, "Any", "") });
        Assert.InRange(decision.Desired, 0, input.Partitions.Count(partition => partition.HasWork));
    });

    [Fact]
    public void More_work_never_asks_for_fewer_workers() => Gen.Select(AnyPolicy, AnyInput, Gen.Int[0, 30], Gen.Int[1, 100_000]).Sample((policy, input, last, more) =>
    {
        var with = input with { Last = new ScalingDecision(last, "Any", "") };
        var heavier = with with
        {
            Left = with.Left + more,
            Partitions = [.. with.Partitions.Select(partition => partition.HasWork ? partition with { Lag = partition.Lag + more / with.Partitions.Count } : partition)],
        };
        var prompt = policy with { ScaleDownDelay = TimeSpan.Zero };
        Assert.True(Autoscaler.Decide(prompt, heavier).Desired >= Autoscaler.Decide(prompt, with).Desired);
    });

    [Fact]
    public void Unknown_offsets_hold_the_size() => Gen.Select(AnyPolicy, AnyInput, Gen.Int[0, 30]).Sample((policy, input, last) =>
    {
        var before = Math.Clamp(last, policy.Min, policy.Max);
        var decision = Autoscaler.Decide(policy, input with { OffsetsKnown = false, Left = 0, Shards = 0, Partitions = [], Last = new ScalingDecision(before, "Any", "") });
        Assert.Equal(before, decision.Desired);
        Assert.Equal(Reasons.OffsetsUnknown, decision.Reason);
    });

    [Fact]
    public void An_operator_that_just_started_keeps_what_it_finds_while_offsets_are_unknown()
    {
        var decision = Autoscaler.Decide(Batch(), Input() with { OffsetsKnown = false, Ready = 5, Pending = 2 });
        Assert.Equal(7, decision.Desired);
    }

    [Fact]
    public void No_scale_down_before_fewer_were_enough_for_the_whole_delay() =>
        Gen.Select(AnyPolicy, AnyInput.Array[2, 40], Gen.Int[1, 60]).Sample((policy, inputs, step) =>
        {
            ScalingDecision? last = null;
            var now = Start;
            var (lastRise, before) = (Start, 0);
            foreach (var any in inputs)
            {
                // Shards are plenty: what is known to be useless goes at once, and is another test's.
                var input = any with { Now = now, Elapsed = now - Start, Shards = 1000, Last = last };
                last = Autoscaler.Decide(policy, input);
                if (last.Desired < before) Assert.True(now - lastRise >= policy.ScaleDownDelay, $"{before} → {last.Desired} after {now - lastRise}");
                if (last.Desired > before) lastRise = now;
                before = last.Desired;
                now = now.AddSeconds(step);
            }
        });

    [Fact]
    public void Up_down_up_takes_longer_than_the_delay() => Gen.Select(AnyPolicy, AnyInput.Array[2, 60], Gen.Int[1, 60]).Sample((policy, inputs, step) =>
    {
        ScalingDecision? last = null;
        var changes = new List<(double At, int Desired)>();
        for (var index = 0; index < inputs.Length; index++)
        {
            var now = Start.AddSeconds(index * step);
            var next = Autoscaler.Decide(policy, inputs[index] with { Now = now, Elapsed = now - Start, Shards = 1000, Last = last ?? new ScalingDecision(0, "Any", "") });
            if (next.Desired != (last?.Desired ?? 0)) changes.Add((index * step, next.Desired));
            last = next;
        }
        // A gap of exactly the delay is allowed; a second less is not.
        Assert.Equal(0, Simulator.Outcome.OscillationsOf(changes, policy.ScaleDownDelay.TotalSeconds - 1));
    });

    [Fact]
    public void Workers_that_are_on_the_way_are_not_asked_for_again() => Gen.Select(AnyPolicy, AnyInput).Sample((policy, input) =>
    {
        var batch = policy with { Mode = ScanMode.Batch, Min = 0, Target = TimeSpan.FromHours(2) };
        var first = Autoscaler.Decide(batch, input with { RatePerWorker = input.RatePerWorker ?? 5, Elapsed = TimeSpan.Zero, Ready = 0, Pending = 0, Shards = 1000 });
        // A reconcile later all of them are pending, and that is all that changed.
        var again = Autoscaler.Decide(
            batch,
            input with { RatePerWorker = input.RatePerWorker ?? 5, Elapsed = TimeSpan.FromSeconds(5), Ready = 0, Pending = first.Desired, PendingFor = TimeSpan.FromSeconds(5), Shards = 1000, Last = first });
        Assert.Equal(first.Desired, again.Desired);
    });

    [Theory]
    [InlineData(72_000, 7200, 2)] // 7,200 worker-seconds in 2 h: one has no reserve
    [InlineData(360_000, 7200, 6)]
    [InlineData(360_000, 3600, 12)]
    public void A_batch_gets_the_fewest_workers_that_finish_in_time(long items, int target, int workers)
    {
        var policy = Batch() with { Target = TimeSpan.FromSeconds(target) };
        var decision = Autoscaler.Decide(policy, Input() with { Left = items, RatePerWorker = 10 });
        Assert.Equal(workers, decision.Desired);
        Assert.Equal(Reasons.OnTarget, decision.Reason);
    }

    [Fact]
    public void A_batch_without_a_target_is_as_fast_as_allowed()
    {
        var decision = Autoscaler.Decide(Batch() with { Target = null }, Input() with { RatePerWorker = 10 });
        Assert.Equal((16, Reasons.AsFastAsAllowed), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void A_target_out_of_reach_gets_all_and_says_so()
    {
        var decision = Autoscaler.Decide(Batch() with { Target = TimeSpan.FromMinutes(5) }, Input() with { RatePerWorker = 1 });
        Assert.Equal((16, Reasons.BehindTarget), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void Near_the_end_nobody_is_started_who_would_come_too_late()
    {
        var input = Input() with { Elapsed = TimeSpan.FromMinutes(70), Left = 1000, RatePerWorker = 10, Ready = 4, StartUp = TimeSpan.FromSeconds(200), Last = new ScalingDecision(4, "Any", "") };
        Assert.Equal(4, Autoscaler.Decide(Batch(), input).Desired);
        Assert.Equal(4, Autoscaler.Decide(Batch() with { Target = null }, input).Desired);
    }

    [Fact]
    public void Shards_left_bound_the_workers_at_once()
    {
        var input = Input() with { Left = 100, Shards = 3, RatePerWorker = 10, Ready = 8, Last = new ScalingDecision(8, "Any", "") };
        Assert.Equal(3, Autoscaler.Decide(Batch(), input).Desired);
    }

    [Fact]
    public void With_nothing_known_one_worker_measures_and_more_come_the_longer_it_takes()
    {
        var input = Input() with { RatePerWorker = null };
        Assert.Equal((1, Reasons.MeasuringRate), (Autoscaler.Decide(Batch(), input).Desired, Autoscaler.Decide(Batch(), input).Reason));
        var later = input with { Elapsed = TimeSpan.FromMinutes(30), Pending = 1, Last = new ScalingDecision(1, "Any", "") };
        Assert.Equal(8, Autoscaler.Decide(Batch(), later).Desired);
    }

    [Fact]
    public void A_stream_goes_to_zero_when_nothing_waits_and_back_when_something_does()
    {
        var quiet = Input() with { Partitions = new PartitionDemand[4], RatePerWorker = 10, Ready = 1, Last = new ScalingDecision(1, "Any", "") };
        var first = Autoscaler.Decide(Stream(), quiet);
        Assert.Equal((1, Reasons.ScaleDownDelayed), (first.Desired, first.Reason));
        var later = Autoscaler.Decide(Stream(), quiet with { Now = quiet.Now.AddSeconds(120), Last = first });
        Assert.Equal((0, Reasons.NothingWaits), (later.Desired, later.Reason));
        var back = Autoscaler.Decide(Stream(), quiet with { Partitions = [new PartitionDemand(1, 0.1), default], Ready = 0, Last = later });
        Assert.Equal(1, back.Desired);
        Assert.Equal(2, Autoscaler.Decide(Stream() with { Min = 2 }, quiet with { Now = quiet.Now.AddSeconds(500), Last = first }).Desired);
    }

    [Fact]
    public void A_backlog_that_would_wait_too_long_gets_workers_enough()
    {
        var partitions = Enumerable.Repeat(new PartitionDemand(1500, 1), 24).ToArray();
        // 36,000 items at 10 a second are 3,600 worker-seconds: six workers do that in ten minutes.
        var decision = Autoscaler.Decide(Stream(), Input() with { Partitions = partitions, RatePerWorker = 10, Ready = 2, Last = new ScalingDecision(2, "Any", "") });
        Assert.Equal((6, Reasons.DrainingBacklog), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void The_deadline_shortens_a_target_and_makes_none()
    {
        var spec = new ScanJobSpec { ActiveDeadlineSeconds = 1800, Autoscaling = new AutoscalingSpec { TargetCompletion = TimeSpan.FromHours(1) } };
        Assert.Equal(TimeSpan.FromMinutes(30), ScalingPolicy.Of(spec).Target);
        Assert.Null(ScalingPolicy.Of(spec with { Autoscaling = new AutoscalingSpec() }).Target);
    }

    private static ScalingPolicy Batch() => new()
    {
        Mode = ScanMode.Batch, Min = 0, Max = 16, Target = TimeSpan.FromHours(1), ScaleDownDelay = TimeSpan.FromSeconds(120),
    };

    private static ScalingPolicy Stream() => Batch() with { Mode = ScanMode.Stream, Target = null };

    private static ScalingInput Input() => new()
    {
        Now = Start, Elapsed = TimeSpan.Zero, OffsetsKnown = true, Left = 100_000, Shards = 1000, Ready = 0, Pending = 0,
    };
}
