using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Tests.Media;
using static DeepfakeOperator.Scanning.Tests.Audio.Sounds;

namespace DeepfakeOperator.Scanning.Tests.Audio;

/// <summary>Pictures with the sound that goes with them. The model's logit is 0 where a clip is as bright as its second of sound is loud.</summary>
public sealed class AudioVisualTests
{
    private static DetectorSpec BrightAsLoud => new()
    {
        Modality = Modality.AudioVisual,
        Model = Model("bright_as_loud"),
        // The graph has them the other way round: inputs go by name.
        Inputs =
        [
            new InputSpec { Name = "sound", Layout = TensorLayout.NT, Shape = [-1, 16000] },
            new InputSpec { Name = "frames", Layout = TensorLayout.NCTHW, Shape = [-1, 3, 5, 8, 8] },
        ],
        MaxBatch = 4,
        Image = new ImageSpec { Width = 8, Height = 8 },
        Video = new VideoSpec { Sampling = FrameSampling.Fps, Fps = 5, ClipLength = 5 },
        Audio = new AudioSpec { Samples = 16000, Pad = AudioPad.ZeroRight },
        Outputs = [new OutputSpec { Name = "logit", Polarity = new PolaritySpec { HighIsFake = true } }],
    };

    [Fact]
    public async Task Each_clip_gets_the_sound_of_its_own_time()
    {
        // Three seconds, black, gray, white; the sound as loud as the picture is bright, so that a clip with the sound of another second is not 0.
        var clip = await MovieAsync("0.25*floor(t)*(1-2*mod(n\\,2))", "if(lt(T\\,1)\\,0\\,if(lt(T\\,2)\\,128\\,255))");
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(BrightAsLoud));
        var verdict = await scan.JudgeAsync(TestScan.Inline(clip));
        var units = verdict.Detectors.Single().Units;
        Assert.Equal([0, 1, 2], units.Select(unit => Math.Round(unit.T, 1)));
        Assert.All(units, unit => Assert.Equal(0, Logit(unit.Score), 0.1));
    }

    [Fact]
    public async Task Sound_that_is_late_is_seen()
    {
        var clip = await MovieAsync("if(lt(t\\,1)\\,0\\,0.25*floor(t-1))*(1-2*mod(n\\,2))", "if(lt(T\\,1)\\,0\\,if(lt(T\\,2)\\,128\\,255))");
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(BrightAsLoud));
        var units = (await scan.JudgeAsync(TestScan.Inline(clip))).Detectors.Single().Units;
        // 4 times the brightness less the loudness: 0, 0.5 and 1 against 0, 0 and 0.5.
        Assert.Equal([0, 2, 2], units.Select(unit => Math.Round(Logit(unit.Score), 0)));
    }

    [Theory]
    [InlineData("-itsoffset 1 -i {0} -i {0} -map 1:v -map 0:a", 0)]
    [InlineData("-itsoffset 1 -i {0} -i {0} -map 0:v -map 1:a", 1)]
    public async Task A_track_that_begins_late_keeps_its_time(string streams, double firstFrame)
    {
        var folder = Directory.CreateTempSubdirectory("movie-");
        try
        {
            // Sound and picture of three seconds that agree second by second, then one of them a second late.
            var whole = Path.Combine(folder.FullName, "whole.mkv");
            await File.WriteAllBytesAsync(whole, await MovieAsync("0.25*floor(t)*(1-2*mod(n\\,2))", "if(lt(T\\,1)\\,0\\,if(lt(T\\,2)\\,128\\,255))"),
                TestContext.Current.CancellationToken);
            var late = await Clip.MakeAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, streams, whole) + " -c copy", "mkv");
            await using var scan = new TestScan();
            await scan.StartAsync(scan.Configuration(BrightAsLoud));

            var units = (await scan.JudgeAsync(TestScan.Inline(late))).Detectors.Single().Units;

            // Late sound: brightness 0, 0.5, 1 against loudness 0, 0, 0.25. Late pictures: the same brightness against 0.25, 0.5 and nothing.
            double[] expected = firstFrame == 0 ? [0, 2, 2] : [-2, -2, 4];
            Assert.Equal(expected, units.Select(unit => Math.Round(Logit(unit.Score), 0)));
            Assert.Equal([firstFrame, firstFrame + 1, firstFrame + 2], units.Select(unit => Math.Round(unit.T, 1)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_video_without_sound_does_not_apply()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(BrightAsLoud));
        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(2)));
        Assert.Equal("it holds no sound", verdict.Reason);
    }

    [Theory]
    [InlineData("inputs: an AudioVisual detector has two")]
    [InlineData("video.sampling: Fps")]
    [InlineData("audio.crop: sound begins with")]
    [InlineData("inputs[1].shape: [-1, 3, 5, 9, 9]")]
    public async Task What_would_not_keep_time_is_refused(string expected)
    {
        var spec = expected[..8] switch
        {
            "inputs: " => BrightAsLoud with { Inputs = [BrightAsLoud.Inputs[0]] },
            "video.sa" => BrightAsLoud with { Video = new VideoSpec { ClipLength = 5 } },
            "audio.cr" => BrightAsLoud with { Audio = BrightAsLoud.Audio! with { Crop = AudioCrop.Centre } },
            _ => BrightAsLoud with { Inputs = [BrightAsLoud.Inputs[0], BrightAsLoud.Inputs[1] with { Shape = [-1, 3, 5, 9, 9] }] },
        };
        await using var scan = new TestScan();
        var refusal = await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(scan.Configuration(spec)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    private static Task<byte[]> MovieAsync(string sound, string luma) => Clip.MakeAsync(
        $"-f lavfi -i \"nullsrc=s=32x32:r=25:d=3,format=gray,geq=lum='{luma}'\" -f lavfi -i \"aevalsrc={sound}:s=16000:d=3\" "
        + "-map 0 -map 1 -c:v ffv1 -pix_fmt gray -c:a pcm_f32le", "mkv");
}
