using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.Autoscaling;

public sealed class WorkerRateTests
{
    [Fact]
    public void Joining_workers_do_not_look_like_slow_ones()
    {
        var (rate, processed) = (WorkerRate.Unknown, 0L);
        for (var second = 0; second < 300; second += 5)
        {
            var busy = second < 150 ? 2 : 9;
            processed += second == 0 ? 0 : busy * 5 * 10;
            rate = rate.Observe(DateTimeOffset.UnixEpoch.AddSeconds(second), processed, busy);
        }
        Assert.Equal(10, rate.PerSecond(null)!.Value, 0.01);
    }

    [Fact]
    public void Nothing_is_known_before_a_worker_worked_for_a_minute()
    {
        var rate = WorkerRate.Unknown.Observe(DateTimeOffset.UnixEpoch, 0, 1).Observe(DateTimeOffset.UnixEpoch.AddSeconds(30), 100, 1);
        Assert.Null(rate.PerSecond(null));
        Assert.Equal((100 + 10 * 100) / 130d, rate.PerSecond(10)!.Value, 0.01);
    }

    [Fact]
    public void A_wrong_expectation_is_forgotten()
    {
        var rate = WorkerRate.Unknown;
        for (var second = 0; second <= 1200; second += 5) rate = rate.Observe(DateTimeOffset.UnixEpoch.AddSeconds(second), second * 8 * 3, 8);
        Assert.InRange(rate.PerSecond(30)!.Value, 3, 5);
    }

    [Fact]
    public void Time_without_work_or_without_offsets_says_nothing()
    {
        var rate = WorkerRate.Unknown;
        for (var second = 0; second <= 300; second += 5) rate = rate.Observe(DateTimeOffset.UnixEpoch.AddSeconds(second), second * 10, 1);
        var before = rate.PerSecond(null);
        rate = rate.Observe(DateTimeOffset.UnixEpoch.AddSeconds(900), 3000, 0).Pause();
        rate = rate.Observe(DateTimeOffset.UnixEpoch.AddSeconds(2000), 3000, 4);
        Assert.Equal(before, rate.PerSecond(null));
    }
}
