using System.Collections.Concurrent;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests;

public sealed class ScanPipelineTests
{
    [Fact]
    public async Task A_still_is_judged_by_its_models_output()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));

        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(192)) with { Metadata = new Dictionary<string, string> { ["shop"] = "7" } });

        Assert.Equal("CPU", scan.Pipeline.Provider);
        Assert.Equal(Verdict.Fake, verdict.Verdict);
        Assert.Equal(1 / (1 + Math.Exp(-4)), verdict.Score!.Value, 6);
        Assert.Equal(("item", "image", "moderation/scan"), (verdict.Id, verdict.Modality, verdict.ScanJob));
        Assert.Equal((16, 16, "image/png"), (verdict.Media.Width!.Value, verdict.Media.Height!.Value, verdict.Media.ContentType));
        Assert.Equal("7", verdict.Metadata!["shop"]);
        Assert.Equal(7, verdict.Source.Offset);
        Assert.Single(verdict.Detectors.Single().Units);
        Assert.Null(verdict.Timeline);
    }

    [Fact]
    public async Task Low_is_fake_where_the_polarity_says_so_and_the_middle_is_inconclusive()
    {
        await using var scan = new TestScan();
        var spec = TestScan.MeanBytes;
        await scan.StartAsync(scan.Configuration(spec with { Outputs = [spec.Outputs[0] with { Polarity = new PolaritySpec { HighIsFake = false } }] }));

        Assert.Equal(Verdict.Real, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(192)))).Verdict);
        Assert.Equal(Verdict.Fake, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(64)))).Verdict);
        var middle = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(128)));
        Assert.Equal(Verdict.Inconclusive, middle.Verdict);
        Assert.Contains("fakeAtOrAbove", middle.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_item_of_a_mixed_crowd_gets_its_own_outcome_exactly_once()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes, TestScan.MeanPlanes));
        var outcomes = new ConcurrentDictionary<string, ItemOutcome>();
        const int Count = 600;
        using var left = new CountdownEvent(Count);

        for (var i = 0; i < Count; i++)
        {
            var item = (i % 10) switch
            {
                7 => TestScan.Inline([1, 2, 3], $"{i}"),
                8 => TestScan.Inline(Pictures.Noise(64, 64, SKEncodedImageFormat.Png)[..3000], $"{i}"),
                9 => TestScan.At(new Uri("file:///nowhere/x.png")) with { Id = $"{i}" },
                _ => TestScan.Inline(Pictures.Gray((byte)(i % 256)), $"{i}"),
            };
            await scan.Pipeline.SubmitAsync(item, outcome =>
            {
                Assert.True(outcomes.TryAdd(item.Id, outcome));
                left.Signal();
            }, TestContext.Current.CancellationToken);
        }

        Assert.True(left.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        for (var i = 0; i < Count; i++)
        {
            var outcome = outcomes[$"{i}"];
            switch (i % 10)
            {
                case 7: Assert.Equal((ErrorClass.UnsupportedMedia, "decode"), (outcome.Failure!.Class, outcome.Failure.Stage)); break;
                case 8: Assert.Equal(ErrorClass.CorruptMedia, outcome.Failure!.Class); break;
                case 9: Assert.Equal((ErrorClass.FetchDenied, "fetch"), (outcome.Failure!.Class, outcome.Failure.Stage)); break;
                default:
                    Assert.Equal(1 / (1 + Math.Exp(-((i % 256) - 128) / 16d)), outcome.Verdict!.Detectors[0].Score!.Value, 5);
                    Assert.Equal(1 / 3d, outcome.Verdict.Detectors[1].Score!.Value, 5);
                    break;
            }
        }
    }

    [Fact]
    public async Task Only_the_unit_that_breaks_a_batch_fails()
    {
        await using var scan = new TestScan();
        var spec = TestScan.Spec("picky", TestScan.MeanBytes.Inputs[0], TestScan.MeanBytes.Outputs[0]);
        await scan.StartAsync(scan.Configuration(spec));
        var outcomes = new ConcurrentDictionary<int, ItemOutcome>();
        using var left = new CountdownEvent(40);

        for (var i = 0; i < 40; i++)
        {
            var index = i;
            await scan.Pipeline.SubmitAsync(TestScan.Inline(Pictures.Gray(i % 10 == 3 ? (byte)250 : (byte)10)), outcome =>
            {
                outcomes[index] = outcome;
                left.Signal();
            }, TestContext.Current.CancellationToken);
        }

        Assert.True(left.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        foreach (var (index, outcome) in outcomes)
        {
            if (index % 10 == 3) Assert.Equal((ErrorClass.InferenceFailed, "infer"), (outcome.Failure!.Class, outcome.Failure.Stage));
            else Assert.Equal(0.5, outcome.Verdict!.Score!.Value, 6);
        }
    }

    [Fact]
    public async Task An_output_that_is_no_number_fails_its_item_only()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.Spec("not_a_number", TestScan.MeanBytes.Inputs[0],
            new OutputSpec { Name = "probability", Kind = OutputKind.Probability, Polarity = new PolaritySpec { HighIsFake = true } })));

        Assert.Equal(ErrorClass.InferenceFailed, (await scan.FailAsync(TestScan.Inline(Pictures.Gray(0)))).Class);
        Assert.Equal(1, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(9)))).Score);
    }

    [Fact]
    public async Task A_picture_below_the_gate_is_not_applicable_and_a_dark_one_inconclusive()
    {
        await using var scan = new TestScan();
        var spec = TestScan.MeanBytes with { Gates = new GatesSpec { MinSide = 16, MinBrightness = 30 } };
        await scan.StartAsync(scan.Configuration(spec));

        var small = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(192, 15, 40)));
        Assert.Equal((Verdict.NotApplicable, null), (small.Verdict, small.Score));
        Assert.Contains("gates.minSide", small.Reason, StringComparison.Ordinal);
        var dark = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(10)));
        Assert.Equal(Verdict.Inconclusive, dark.Verdict);
        Assert.Contains("gates.minBrightness", dark.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fake, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(192)))).Verdict);
    }

    [Fact]
    public async Task Sound_is_not_applicable_and_no_error()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));

        var verdict = await scan.JudgeAsync(TestScan.Inline([.. "RIFF\0\0\0\0WAVEfmt "u8, .. new byte[64]]));

        Assert.Equal((Verdict.NotApplicable, "audio"), (verdict.Verdict, verdict.Modality));
        Assert.Contains("audio", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scratch_is_empty_again_after_every_item()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));

        await scan.ScanAsync(TestScan.Inline([.. "RIFF\0\0\0\0WAVEfmt "u8, .. new byte[64]]));
        await scan.ScanAsync(TestScan.Inline([.. "\0\0\0\u0018ftypmp42"u8, .. new byte[64]]));

        Assert.Empty(Directory.EnumerateFileSystemEntries(scan.ScratchFolder));
    }

    [Fact]
    public async Task A_gpu_that_this_build_cannot_use_ends_the_start_with_a_clear_message()
    {
        await using var scan = new TestScan();
        var configuration = scan.Configuration(TestScan.MeanBytes);
        ScanJobSpec With(params ExecutionProvider[] providers) =>
            configuration.Spec with { Workers = new WorkersSpec { Accelerator = new AcceleratorSpec { Providers = providers } } };

        var error = await Assert.ThrowsAsync<PodFatalException>(() =>
            scan.StartAsync(configuration with { Spec = With(ExecutionProvider.TensorRT, ExecutionProvider.CUDA) }));
        Assert.Contains("spec.workers.accelerator.providers", error.Message, StringComparison.Ordinal);
        Assert.Contains("GPU image", error.Message, StringComparison.Ordinal);

        await scan.StartAsync(configuration with { Spec = With(ExecutionProvider.TensorRT, ExecutionProvider.CUDA, ExecutionProvider.CPU) });
        Assert.Equal("CPU", scan.Pipeline.Provider);
    }

    [Fact]
    public async Task Submitting_waits_while_the_pipeline_is_full_and_disposing_drops_what_is_in_flight()
    {
        var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        using var hold = new ManualResetEventSlim();
        var stuck = 0;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(TimeSpan.FromSeconds(2));
        var submitted = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (; submitted < 100_000; submitted++)
            {
                await scan.Pipeline.SubmitAsync(TestScan.Inline(Pictures.Gray(9)), _ =>
                {
                    Interlocked.Increment(ref stuck);
                    hold.Wait();
                }, cancel.Token);
            }
        });

        Assert.InRange(submitted, 1, 1000);
        hold.Set();
        await scan.DisposeAsync();
        Assert.InRange(stuck, 1, submitted);
    }
}
