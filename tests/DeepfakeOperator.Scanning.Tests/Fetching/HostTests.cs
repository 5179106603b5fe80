using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

/// <summary>Hosts that are slow or down, beside others.</summary>
public sealed class HostTests : IDisposable
{
    private static readonly byte[] Picture = Pictures.Noise(100, 80, SKEncodedImageFormat.Png);

    private readonly TestFetch _fetch = new();

    [Fact]
    public async Task A_host_that_does_not_answer_leaves_fetches_for_the_others()
    {
        await using var slow = new TestServer((_, _, _, ct) => Task.Delay(Timeout.Infinite, ct));
        await using var quick = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct));
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, TimeSpan.FromSeconds(20), slow, quick));
        var slowOnes = 0;
        for (var i = 0; i < 100; i++)
        {
            await scan.Pipeline.SubmitAsync(TestScan.At(slow.Address($"/{i}")), _ => Interlocked.Increment(ref slowOnes), TestContext.Current.CancellationToken);
        }

        var outcome = await scan.ScanAsync(TestScan.At(quick.Address("/"))).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.NotNull(outcome.Verdict);
        Assert.Equal(0, slowOnes);
        Assert.InRange(slow.Requests, 1, HostLanes.PerHost);
    }

    [Fact]
    public async Task Items_that_were_put_aside_get_their_turn()
    {
        await using var server = new TestServer(async (_, _, stream, ct) =>
        {
            await Task.Delay(20, ct);
            await TestServer.SendAsync(stream, "200 OK", Picture, ct: ct);
        });
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, TimeSpan.FromSeconds(60), server));
        using var left = new CountdownEvent(300);
        for (var i = 0; i < 300; i++)
        {
            await scan.Pipeline.SubmitAsync(TestScan.At(server.Address("/")) with { Id = $"{i}" }, outcome =>
            {
                if (outcome.Verdict is not null) left.Signal();
            }, TestContext.Current.CancellationToken);
        }
        Assert.True(left.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_host_that_is_down_is_left_alone_and_asked_again_later()
    {
        var isDown = true;
        await using var server = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, isDown ? "500 Down" : "200 OK", Picture, ct: ct));
        using var fetcher = new MediaFetcher(_fetch.For(server) with { FetchTimeout = TimeSpan.FromSeconds(4) }, null, _fetch.Scratch, TimeProvider.System);

        var errors = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            await Assert.ThrowsAsync<ScanPipelineItemException>(() => fetcher.FetchAsync(TestScan.At(server.Address("/")), TestContext.Current.CancellationToken))));

        Assert.All(errors, error => Assert.Equal(ErrorClass.FetchTimeout, error.Class));
        Assert.Contains(errors, error => error.Message.Contains("left alone", StringComparison.Ordinal));
        // 500 without it.
        Assert.InRange(server.Requests, 20, 200);
        isDown = false;
        await Task.Delay(TimeSpan.FromSeconds(5.5), TestContext.Current.CancellationToken);
        (await fetcher.FetchAsync(TestScan.At(server.Address("/")), TestContext.Current.CancellationToken)).Dispose();
    }

    public void Dispose() => _fetch.Dispose();

    private static ScanConfiguration With(TestScan scan, TimeSpan fetchTimeout, params TestServer[] servers)
    {
        var configuration = scan.Configuration(TestScan.MeanBytes);
        var media = new MediaSpec
        {
            AllowedSchemes = [MediaScheme.Http],
            AllowedHosts = [.. servers.Select(server => $"127.0.0.1:{server.Port}")],
            AllowPrivateAddresses = true,
            FetchTimeout = fetchTimeout,
        };
        return configuration with { Spec = configuration.Spec with { Source = configuration.Spec.Source with { Media = media } } };
    }
}
