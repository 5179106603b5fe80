using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Tests.Media;

public sealed class VideoTests
{
    [Theory]
    [InlineData("mp4", "-c:v libx264 -pix_fmt yuv420p -g 25", "video/mp4")]
    [InlineData("webm", "-c:v libvpx -b:v 1M -deadline realtime", "video/x-matroska")]
    [InlineData("avi", "-c:v mpeg4", "video/x-msvideo")]
    [InlineData("ts", "-c:v libx264 -pix_fmt yuv420p -g 25", "video/mp2t")]
    [InlineData("mov", "-c:v libx264 -pix_fmt yuv420p -g 25", "video/quicktime")]
    [InlineData("gif", "", "image/gif")]
    public async Task Frames_are_spread_evenly_with_their_times(string extension, string codec, string contentType)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, new VideoSamplingSpec { Frames = 4 }));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4, more: codec, extension: extension)));

        Assert.Equal(("video", contentType, 320, 240), (verdict.Modality, verdict.Media.ContentType, verdict.Media.Width!.Value, verdict.Media.Height!.Value));
        Assert.InRange(verdict.Media.Duration!.Value, 3.8, 4.3);
        var units = verdict.Detectors.Single().Units;
        Assert.Equal(4, units.Count);
        Assert.Equal(4, verdict.Timeline!.Count);
        for (var i = 0; i < 4; i++)
        {
            Assert.InRange(units[i].T, (i * 3.96 / 3) - 0.05, (i * 3.96 / 3) + 0.05);
            // Brightness at time T is 255·T/4, the model's logit (brightness − 128) / 16; ±4 levels for the codecs.
            var logit = Math.Log(units[i].Score / (1 - units[i].Score));
            Assert.InRange((logit * 16) + 128 - (255 * units[i].T / 4), -6, 6);
        }
    }

    [Theory]
    [InlineData(100, "25", 0, "mp4", "-c:v libx264 -bf 2")]
    [InlineData(100, "25", 0, "mkv", "-c:v libx264 -bf 0")]
    [InlineData(75, "30000/1001", 0, "mp4", "-c:v libx264")]
    [InlineData(75, "30000/1001", 0, "mkv", "-c:v libx264")]
    [InlineData(60, "24", 0, "webm", "-c:v libvpx -deadline realtime")]
    // The sound goes on for a second after the last picture.
    [InlineData(75, "25", 4, "mp4", "-c:v libx264 -c:a aac")]
    [InlineData(75, "25", 4, "mkv", "-c:v libx264 -c:a flac")]
    // Fewer frames than are wanted: all of them.
    [InlineData(20, "25", 0, "mp4", "-c:v libx264")]
    public async Task Thirty_two_frames_are_those_of_numpys_linspace(int count, string rate, int soundSeconds, string extension, string codec)
    {
        await using var scan = new TestScan();
        var effort = TestScan.MeanBytes with { Video = new VideoSpec { Frames = 8 } };
        var configuration = scan.Configuration(TestScan.MeanBytes, effort);
        var sampling = new SamplingSpec { Video = new VideoSamplingSpec { Frames = 32 } };
        await scan.StartAsync(configuration with { Spec = configuration.Spec with { Sampling = sampling } });
        var sound = soundSeconds > 0 ? $"-f lavfi -i sine=d={soundSeconds} -map 1:a" : "";
        var clip = await Clip.MakeAsync(
            $"-f lavfi -i testsrc=s=64x64:r={rate}:d=9 {sound} -map 0:v -frames:v {count} -pix_fmt yuv420p {codec}", extension);

        var verdict = await scan.JudgeAsync(TestScan.Inline(clip));

        var perSecond = rate == "30000/1001" ? 30000 / 1001d : int.Parse(rate, CultureInfo.InvariantCulture);
        var wanted = Enumerable.Range(0, 32).Select(i => i * (count - 1) / 31).Distinct().ToArray();
        Assert.Equal(wanted, verdict.Detectors[0].Units.Select(unit => (int)Math.Round(unit.T * perSecond)));
        var eight = Enumerable.Range(0, 8).Select(i => wanted[i * (wanted.Length - 1) / 7]);
        Assert.Equal(eight, verdict.Detectors[1].Units.Select(unit => (int)Math.Round(unit.T * perSecond)));
    }

    [Fact]
    public async Task Interval_and_keyframes_choose_as_they_say()
    {
        var clip = await Clip.BrighteningAsync(4);
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(With(scan, new VideoSamplingSpec { Strategy = VideoSamplingStrategy.Interval, Interval = TimeSpan.FromSeconds(0.5), Frames = 32 }));
            var times = (await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units.Select(unit => Math.Round(unit.T, 2));
            Assert.Equal([0, 0.52, 1, 1.52, 2, 2.52, 3, 3.52], times);
        }
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(With(scan, new VideoSamplingSpec { Strategy = VideoSamplingStrategy.Keyframes, Frames = 32 }));
            var times = (await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units.Select(unit => Math.Round(unit.T, 2));
            Assert.Equal([0, 1, 2, 3], times);
        }
    }

    [Fact]
    public async Task A_detector_that_wants_fewer_frames_gets_them_evenly()
    {
        await using var scan = new TestScan();
        var few = TestScan.MeanBytes with { Video = new VideoSpec { Frames = 2 } };
        var configuration = scan.Configuration(few, TestScan.MeanBytes);
        await scan.StartAsync(configuration with { Spec = configuration.Spec with { Sampling = new SamplingSpec { Video = new VideoSamplingSpec { Frames = 4 } } } });

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        Assert.Equal([0, 3.96], verdict.Detectors[0].Units.Select(unit => Math.Round(unit.T, 2)));
        Assert.Equal([0, 1.32, 2.64, 3.96], verdict.Detectors[1].Units.Select(unit => Math.Round(unit.T, 2)));
    }

    [Fact]
    public async Task A_turned_video_is_seen_upright()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, new VideoSamplingSpec { Frames = 2 }));
        var plain = Path.Combine(scan.MediaFolder, "plain.mp4");
        await File.WriteAllBytesAsync(plain, await Clip.BrighteningAsync(1), TestContext.Current.CancellationToken);
        var turned = await Clip.MakeAsync($"-i {plain} -c copy -metadata:s:v:0 rotate=90");

        var verdict = await scan.JudgeAsync(TestScan.Inline(turned));

        Assert.Equal((240, 320), (verdict.Media.Width, verdict.Media.Height));
        Assert.Equal(2, verdict.Detectors.Single().Units.Count);
    }

    [Fact]
    public async Task A_container_with_sound_only_is_not_applicable()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.MakeAsync("-f lavfi -i sine=d=1 -c:a aac")));

        Assert.Equal((Verdict.NotApplicable, "audio"), (verdict.Verdict, verdict.Modality));
        Assert.InRange(verdict.Media.Duration!.Value, 0.9, 1.2);
    }

    [Fact]
    public async Task A_broken_video_is_corrupt_and_a_playlist_in_disguise_unsupported()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        var clip = await Clip.BrighteningAsync(1);

        Assert.Equal(ErrorClass.CorruptMedia, (await scan.FailAsync(TestScan.Inline(clip[..(clip.Length / 2)]))).Class);
        Assert.Equal(ErrorClass.CorruptMedia, (await scan.FailAsync(TestScan.Inline([.. "\x1A\x45\xDF\xA3"u8[..1], 0x45, 0xDF, 0xA3, .. new byte[4000]]))).Class);
        var playlist = TestScan.Inline("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n"u8.ToArray());
        Assert.Equal(ErrorClass.UnsupportedMedia, (await scan.FailAsync(playlist with { ContentType = "video/mp4" })).Class);
    }

    [Fact]
    public async Task A_video_from_a_file_with_an_awkward_name_is_read_in_place()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, new VideoSamplingSpec { Frames = 2 }));
        var path = Path.Combine(scan.MediaFolder, "a\" -f lavfi 'b.mp4");
        await File.WriteAllBytesAsync(path, await Clip.BrighteningAsync(1), TestContext.Current.CancellationToken);

        var verdict = await scan.JudgeAsync(TestScan.At(new Uri("file://" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal))));

        Assert.Equal(2, verdict.Detectors.Single().Units.Count);
        Assert.Empty(Directory.EnumerateFiles(scan.ScratchFolder));
    }

    [Fact]
    public async Task Decoding_that_takes_too_long_is_cut_off()
    {
        await using var scan = new TestScan();
        var clip = await Clip.MakeAsync("-f lavfi -i testsrc2=s=1280x720:r=50:d=20 -c:v libx264 -preset ultrafast");
        await using var pipeline = await ScanPipeline.StartAsync(With(scan, new VideoSamplingSpec()),
            scan.Options with { DecodeTimeout = TimeSpan.FromMilliseconds(300) }, TestContext.Current.CancellationToken);
        var done = new TaskCompletionSource<ItemOutcome>();

        await pipeline.SubmitAsync(TestScan.Inline(clip), done.SetResult, TestContext.Current.CancellationToken);
        var outcome = await done.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((ErrorClass.DecodeTimeout, "decode"), (outcome.Failure!.Class, outcome.Failure.Stage));
    }

    [Fact]
    public async Task Frames_that_ffmpeg_has_written_are_read_though_it_has_ended_meanwhile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"slow-{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(path, await Clip.MakeAsync("-f lavfi -i testsrc2=s=32x32:r=10:d=1 -c:v libx264"), TestContext.Current.CancellationToken);
        try
        {
            var media = FetchedMedia.InScratch(MediaSniffer.Sniff(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))!, "", 0, path);
            var decoder = new VideoDecoder(Path.GetTempPath(), TimeSpan.FromMinutes(1), TimeProvider.System);
            var info = await decoder.ProbeAsync(media, TestContext.Current.CancellationToken);
            var seen = 0;

            var times = await decoder.DecodeAsync(media, FramePlan.Of(new VideoSamplingSpec { Frames = 8 }, new VideoSpec(), info), async (_, _, ct) =>
            {
                seen++;
                while (Runs(path)) await Task.Delay(10, ct);
            }, TestContext.Current.CancellationToken);

            Assert.Equal((8, 8), (seen, times.Count));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Whether a process that still runs was told of the path; one that ended has no command line.</summary>
    private static bool Runs(string path) => Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Any(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(path, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static ScanConfiguration With(TestScan scan, VideoSamplingSpec sampling)
    {
        var configuration = scan.Configuration(TestScan.MeanBytes);
        return configuration with { Spec = configuration.Spec with { Sampling = new SamplingSpec { Video = sampling } } };
    }
}
