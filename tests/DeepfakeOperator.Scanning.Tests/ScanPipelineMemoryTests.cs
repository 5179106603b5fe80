using System.Collections.Concurrent;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Tests.Media;

namespace DeepfakeOperator.Scanning.Tests;

public sealed class ScanPipelineMemoryTests
{
    [Fact]
    public async Task The_same_bytes_are_scanned_once_and_every_item_gets_its_verdict()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        var clip = await Clip.BrighteningAsync(1);
        var outcomes = new ConcurrentDictionary<string, ItemOutcome>();
        using var left = new CountdownEvent(200);

        // The first hundred arrive while the first of them is decoded, the others later.
        for (var i = 0; i < 200; i++)
        {
            if (i == 100) while (outcomes.Count < 100) await Task.Delay(10, TestContext.Current.CancellationToken);
            var item = TestScan.Inline(clip, $"{i}") with { Metadata = new Dictionary<string, string> { ["number"] = $"{i}" }, Position = new SourcePosition("media", 1, i) };
            await scan.Pipeline.SubmitAsync(item, outcome =>
            {
                outcomes[item.Id] = outcome;
                left.Signal();
            }, TestContext.Current.CancellationToken);
        }

        Assert.True(left.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        for (var i = 0; i < 200; i++)
        {
            var verdict = outcomes[$"{i}"].Verdict!;
            Assert.Equal(($"{i}", $"{i}", (long)i), (verdict.Id, verdict.Metadata!["number"], verdict.Source.Offset));
            Assert.Equal(outcomes["0"].Verdict!.Score, verdict.Score);
            Assert.Equal(outcomes["0"].Verdict!.Media, verdict.Media);
        }
        // Decoding takes time, repeating none. One scan, or those few that came when enough were waiting already.
        Assert.InRange(outcomes.Values.Count(outcome => outcome.Verdict!.Timings.Decode > 0), 1, 40);
        Assert.All(Enumerable.Range(100, 100), i => Assert.Equal(0, outcomes[$"{i}"].Verdict!.Timings.Decode));
        Assert.Empty(Directory.EnumerateFiles(scan.ScratchFolder));
    }

    [Fact]
    public async Task What_the_bytes_are_to_blame_for_is_repeated_and_what_the_clock_is_to_blame_for_is_tried_again()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes), scan.Options with { DecodeTimeout = TimeSpan.FromMilliseconds(1) });
        var broken = Pictures.Noise(64, 64, SkiaSharp.SKEncodedImageFormat.Png)[..3000];
        var first = await scan.FailAsync(TestScan.Inline(broken, "first"));
        Assert.Equal((ErrorClass.CorruptMedia, first), (first.Class, await scan.FailAsync(TestScan.Inline(broken, "second"))));

        var clip = await Clip.BrighteningAsync(1);
        Assert.Equal(ErrorClass.DecodeTimeout, (await scan.FailAsync(TestScan.Inline(clip, "slow"))).Class);
        await using var patient = await ScanPipeline.StartAsync(scan.Configuration(TestScan.MeanBytes), scan.Options, TestContext.Current.CancellationToken);
        var done = new TaskCompletionSource<ItemOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await patient.SubmitAsync(TestScan.Inline(clip, "again"), done.SetResult, TestContext.Current.CancellationToken);
        Assert.NotNull((await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Verdict);
    }
}
