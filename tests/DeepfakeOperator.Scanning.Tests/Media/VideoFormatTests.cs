using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Tests.Media;

public sealed class VideoFormatTests
{
    [Theory]
    [InlineData("mp4", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none")]
    [InlineData("mp4", "-c:v libx264 -movflags frag_keyframe+empty_moov")]
    [InlineData("mp4", "-c:v libaom-av1 -cpu-used 8 -usage realtime")]
    [InlineData("webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8")]
    [InlineData("mkv", "-c:v libx264")]
    [InlineData("mov", "-c:v prores_ks")]
    [InlineData("mpg", "-c:v mpeg2video")]
    [InlineData("flv", "-c:v flv1")]
    [InlineData("asf", "-c:v wmv2")]
    [InlineData("ogv", "-c:v libtheora")]
    [InlineData("webp", "-c:v libwebp_anim -loop 0")]
    public async Task Each_container_and_codec_gives_even_frames_with_their_times(string extension, string codec)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 4));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(2, more: codec, extension: extension)));

        Assert.Equal(("video", 320, 240), (verdict.Modality, verdict.Media.Width!.Value, verdict.Media.Height!.Value));
        Assert.InRange(verdict.Media.Duration!.Value, 1.8, 2.3);
        var units = verdict.Detectors.Single().Units;
        Assert.Equal(4, units.Count);
        for (var i = 0; i < 4; i++)
        {
            // From the first frame to the last, which stands 0.04 s.
            Assert.InRange(units[i].T, (i * 1.96 / 3) - 0.05, (i * 1.96 / 3) + 0.05);
            // Brightness at time T is 255·T/2; ±6 levels for the codecs.
            var logit = Math.Log(units[i].Score / (1 - units[i].Score));
            Assert.InRange((logit * 16) + 128 - (255 * units[i].T / 2), -8, 8);
        }
    }

    [Fact]
    public async Task An_animation_is_sampled_by_interval_and_by_whole_frames_and_capped()
    {
        var clip = await Clip.BrighteningAsync(2, more: "-c:v libwebp_anim -loop 0", extension: "webp");
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(With(scan, 3, VideoSamplingStrategy.Interval, 0.5));
            // The encoder joins frames that hardly differ, so that none begins at 0.5 or 1.
            Assert.Equal([0, 0.52, 1.04], (await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units.Select(unit => Math.Round(unit.T, 2)));
        }
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(With(scan, 2, VideoSamplingStrategy.Keyframes));
            Assert.InRange((await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units.Count, 1, 2);
            foreach (var share in new[] { 0.02, 0.5, 0.9 })
            {
                var outcome = await scan.ScanAsync(TestScan.Inline(clip[..(int)(clip.Length * share)]));
                Assert.True(outcome.Verdict is not null || outcome.Failure!.Class == ErrorClass.CorruptMedia, outcome.Failure?.ToString());
            }
        }
    }

    [Theory]
    [InlineData(90, 240, 320)]
    [InlineData(180, 320, 240)]
    [InlineData(270, 240, 320)]
    public async Task A_turned_video_is_turned_back(int degrees, int width, int height)
    {
        // White on top, where it stands upright.
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 2));
        var plain = Path.Combine(scan.MediaFolder, "plain.mp4");
        await File.WriteAllBytesAsync(plain, await Clip.BrighteningAsync(1), TestContext.Current.CancellationToken);

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.MakeAsync($"-i {plain} -c copy -metadata:s:v:0 rotate={degrees}")));

        Assert.Equal((width, height), (verdict.Media.Width, verdict.Media.Height));
        Assert.Equal(2, verdict.Detectors.Single().Units.Count);
    }

    [Fact]
    public async Task A_variable_frame_rate_is_sampled_by_time_not_by_frames()
    {
        // 50 frames in the first second, then one a second.
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 4));
        var clip = await Clip.MakeAsync("-f lavfi -i \"nullsrc=s=64x64:r=50:d=4,geq=lum='16+219*T/4':cb=128:cr=128,select='lt(t,1)+not(mod(n,50))'\" -fps_mode vfr -c:v libx264 -bf 0", "mkv");

        var units = (await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units;

        // The last stands from 3 to 3.02 seconds. Of its 53 frames it would be 0, 17, 34 and 52, three of them in the first second.
        Assert.Equal([0, 1, 2, 3], units.Select(unit => Math.Round(unit.T, 2)));
    }

    [Theory]
    [InlineData(1, 1, "ffv1 -pix_fmt gray")]
    [InlineData(2, 2, "mpeg4")]
    [InlineData(17, 35, "ffv1 -pix_fmt gray")]
    [InlineData(8000, 4400, "mjpeg")]
    public async Task Tiny_odd_and_huge_frames_are_judged(int width, int height, string codec)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 1));
        var clip = await Clip.MakeAsync($"-f lavfi -i color=c=0xC0C0C0:s={width + 1}x{height + 1}:r=2:d=1,format=gbrp,crop={width}:{height}:exact=1 -c:v {codec} -strict -1", "mkv");
        var verdict = await scan.JudgeAsync(TestScan.Inline(clip));
        Assert.Equal((width, height), (verdict.Media.Width, verdict.Media.Height));
        Assert.Single(verdict.Detectors.Single().Units);
    }

    [Theory]
    [InlineData("mkv", "mjpeg")]
    [InlineData("mp4", "libx264 -preset ultrafast")]
    public async Task Frames_beyond_the_limit_are_too_large(string extension, string codec)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 1));
        var clip = await Clip.MakeAsync($"-f lavfi -i color=c=gray:s=10000x5200:r=1:d=1 -c:v {codec}", extension);
        Assert.Equal(ErrorClass.MediaTooLarge, (await scan.FailAsync(TestScan.Inline(clip))).Class);
    }

    [Theory]
    [InlineData("webm", "-c:a libopus")]
    [InlineData("ogg", "-c:a libvorbis")]
    [InlineData("mkv", "-c:a flac")]
    [InlineData("mp3", "-c:a libmp3lame -write_xing 0 -id3v2_version 0")]
    [InlineData("aiff", "")]
    [InlineData("m4a", "-c:a aac")]
    public async Task Sound_alone_is_audio(string extension, string codec)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 4));
        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.MakeAsync($"-f lavfi -i sine=d=1 {codec}", extension)));
        Assert.Equal((Verdict.NotApplicable, "audio"), (verdict.Verdict, verdict.Modality));
    }

    [Fact]
    public async Task A_cover_picture_makes_no_video_of_a_song_and_a_second_track_of_sound_does_not_disturb()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 2));
        var cover = Path.Combine(scan.MediaFolder, "cover.png");
        await File.WriteAllBytesAsync(cover, Pictures.Gray(90, 64, 64), TestContext.Current.CancellationToken);
        var song = await Clip.MakeAsync($"-f lavfi -i sine=d=1 -i {cover} -map 0 -map 1 -c:v png -disposition:v:0 attached_pic -c:a aac", "m4a");
        Assert.Equal((Verdict.NotApplicable, "audio"), await Of(song));
        var film = await Clip.MakeAsync("-f lavfi -i sine=d=1 -f lavfi -i sine=f=900:d=1 -f lavfi -i color=c=white:s=64x64:d=1 -map 0 -map 1 -map 2 -c:v libx264 -c:a aac", "mkv");
        Assert.Equal("video", (await Of(film)).Modality);

        async Task<(Verdict, string Modality)> Of(byte[] bytes)
        {
            var verdict = await scan.JudgeAsync(TestScan.Inline(bytes));
            return (verdict.Verdict, verdict.Modality);
        }
    }

    [Theory]
    [InlineData("mp4", "-c:v libx264 -g 10")]
    [InlineData("mp4", "-c:v libx264 -g 10 -movflags faststart")]
    [InlineData("mkv", "-c:v libx264 -g 10")]
    [InlineData("webm", "-c:v libvpx -deadline realtime")]
    [InlineData("avi", "-c:v mpeg4")]
    [InlineData("ts", "-c:v libx264 -g 10")]
    [InlineData("gif", "")]
    public async Task A_truncated_video_is_judged_by_what_is_there_or_is_corrupt(string extension, string codec)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 4));
        var clip = await Clip.BrighteningAsync(2, more: codec, extension: extension);
        foreach (var share in new[] { 0.003, 0.3, 0.9 })
        {
            var outcome = await scan.ScanAsync(TestScan.Inline(clip[..(int)(clip.Length * share)]));
            Assert.True(outcome.Verdict is not null || outcome.Failure!.Class is ErrorClass.CorruptMedia or ErrorClass.UnsupportedMedia, outcome.Failure?.ToString());
        }
    }

    [Fact]
    public async Task The_name_of_a_file_says_nothing()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, 2));
        Assert.Equal("video", (await scan.JudgeAsync(TestScan.At(scan.Write("video.jpg", await Clip.BrighteningAsync(1))))).Modality);
        Assert.Equal("image", (await scan.JudgeAsync(TestScan.At(scan.Write("picture.mp4", Pictures.Gray(9))))).Modality);
        Assert.Equal(ErrorClass.UnsupportedMedia, (await scan.FailAsync(TestScan.At(scan.Write("list.mp4", "#EXTM3U\nfile:///etc/passwd\n"u8.ToArray())))).Class);
    }

    private static ScanConfiguration With(TestScan scan, int frames, VideoSamplingStrategy strategy = VideoSamplingStrategy.Uniform, double interval = 1)
    {
        var configuration = scan.Configuration(TestScan.MeanBytes);
        var sampling = new VideoSamplingSpec { Strategy = strategy, Frames = frames, Interval = TimeSpan.FromSeconds(interval) };
        return configuration with { Spec = configuration.Spec with { Sampling = new SamplingSpec { Video = sampling } } };
    }
}
