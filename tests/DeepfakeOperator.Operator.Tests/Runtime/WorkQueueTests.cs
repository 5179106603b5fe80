using System.Collections.Concurrent;
using CsCheck;
using DeepfakeOperator.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Operator.Tests.Runtime;

public sealed class WorkQueueTests
{
    private static readonly Backoff Doubling = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    private static readonly ObjectKey Key = new("ns", "a");

    [Fact]
    public async Task A_key_added_twice_is_handed_out_once()
    {
        using var queue = new WorkQueue(TimeProvider.System, Doubling);
        queue.Add(Key);
        queue.Add(Key);
        await Take(queue);
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_again_afterwards()
    {
        using var queue = new WorkQueue(TimeProvider.System, Doubling);
        queue.Add(Key);
        await Take(queue);
        queue.Add(Key);
        Assert.Equal(0, queue.Depth);
        queue.Done(Key);
        Assert.Equal(Key, await Take(queue));
    }

    [Fact]
    public void The_earliest_of_several_delays_counts()
    {
        var clock = new FakeTimeProvider();
        using var queue = new WorkQueue(clock, Doubling);
        queue.AddAfter(Key, TimeSpan.FromSeconds(60));
        queue.AddAfter(Key, TimeSpan.FromSeconds(5));
        queue.AddAfter(Key, TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, queue.Depth);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, queue.Depth);
    }

    [Fact]
    public async Task Failures_wait_longer_and_longer_until_forgotten()
    {
        var clock = new FakeTimeProvider();
        using var queue = new WorkQueue(clock, Doubling);
        foreach (var longest in (int[])[1, 2, 4, 8])
        {
            queue.AddRateLimited(Key);
            clock.Advance(TimeSpan.FromSeconds(longest / 2d - 0.1));
            Assert.Equal(0, queue.Depth);
            clock.Advance(TimeSpan.FromSeconds(longest / 2d + 0.2));
            Assert.Equal(Key, await Take(queue));
            queue.Done(Key);
        }
        queue.Forget(Key);
        queue.AddRateLimited(Key);
        clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(1, queue.Depth);
    }

    [Fact]
    public async Task Under_load_no_addition_is_lost_and_no_key_is_worked_on_twice_at_once() => await Gen.Int[1, 6].SampleAsync(async workers =>
    {
        using var queue = new WorkQueue(TimeProvider.System, Doubling);
        using var stop = new CancellationTokenSource();
        var versions = new ConcurrentDictionary<ObjectKey, int>();
        var seen = new ConcurrentDictionary<ObjectKey, int>();
        var busy = new ConcurrentDictionary<ObjectKey, bool>();
        var keys = Enumerable.Range(0, 5).Select(index => new ObjectKey("", $"k{index}")).ToArray();

        async Task WorkAsync()
        {
            try
            {
                while (true)
                {
                    var key = await queue.TakeAsync(stop.Token);
                    Assert.True(busy.TryAdd(key, true), "two workers hold one key");
                    seen[key] = versions[key];
                    await Task.Yield();
                    busy.TryRemove(key, out _);
                    queue.Done(key);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        var working = Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)).ToArray();
        for (var round = 1; round <= 200; round++)
        {
            var key = keys[round % keys.Length];
            versions[key] = round;
            if (round % 3 == 0) queue.AddAfter(key, TimeSpan.FromMilliseconds(1));
            else queue.Add(key);
        }
        await Eventually.TrueAsync(() => keys.All(key => seen.GetValueOrDefault(key) == versions[key]), "every key seen in its last version");
        await stop.CancelAsync();
        await Task.WhenAll(working);
    }, iter: 20, threads: 1);

    private static async Task<ObjectKey> Take(WorkQueue queue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await queue.TakeAsync(limit.Token);
    }
}
