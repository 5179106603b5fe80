using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Tests.Media;
using static DeepfakeOperator.Scanning.Tests.Audio.Sounds;

namespace DeepfakeOperator.Scanning.Tests.Audio;

/// <summary>Sound through the whole pipeline.</summary>
public sealed class SoundTests
{
    [Fact]
    public async Task A_recording_is_judged_by_its_samples()
    {
        var verdict = await JudgeAsync(Loudness, Wav(Rate, 1, Level(0.75f, 2000)));
        Assert.Equal(("audio", "audio/wav", Verdict.Fake), (verdict.Modality, verdict.Media.ContentType, verdict.Verdict));
        Assert.Equal(4, Logit(verdict.Score!.Value), 3);
        Assert.Equal(0.125, verdict.Media.Duration!.Value, 3);
        Assert.Equal((null, null), (verdict.Media.Width, verdict.Media.Height));
        Assert.Single(verdict.Timeline!);
    }

    [Theory]
    [InlineData(new[] { 0.5f, 0f }, 0.25)]
    [InlineData(new[] { 0.5f, 0.25f }, 0.375)]
    public async Task Channels_are_averaged(float[] levels, double expected)
    {
        var samples = Enumerable.Range(0, 1600).SelectMany(i => levels.Select(level => i % 2 == 0 ? level : -level));
        Assert.Equal(8 * (expected - 0.25), Logit((await JudgeAsync(Loudness, Wav(Rate, 2, samples))).Score!.Value), 3);
    }

    [Fact]
    public async Task Slide_looks_at_all_of_it_and_says_when()
    {
        var spec = Loudness with { Audio = new AudioSpec { Samples = 800, Crop = AudioCrop.Slide, Hop = 800 } };
        var verdict = await JudgeAsync(spec, Wav(Rate, 1, Level(0, 800).Concat(Level(0.5f, 800)).Concat(Level(0.75f, 400))));
        Assert.Equal([0, 0.05, 0.075], verdict.Detectors.Single().Units.Select(unit => Math.Round(unit.T, 6)));
        Assert.Equal([-2, 2, 3], verdict.Detectors.Single().Units.Select(unit => Math.Round(Logit(unit.Score), 3)));
        Assert.Equal(3, verdict.Timeline!.Count);
    }

    [Fact]
    public async Task A_channel_axis_of_one_is_made()
    {
        var input = new InputSpec { Name = "samples", Layout = TensorLayout.N1T, Shape = [-1, 1, 800] };
        var spec = Spec("loudness_channel", input, Loudness.Audio!, Loudness.Outputs[0]);
        Assert.Equal(2, Logit((await JudgeAsync(spec, Wav(Rate, 1, Level(0.5f, 900)))).Score!.Value), 3);
    }

    [Theory]
    [InlineData("features_first", TensorLayout.NFT, new[] { -1, 33, 6 })]
    [InlineData("times_first", TensorLayout.NTF, new[] { -1, 6, 33 })]
    public async Task Features_come_in_the_order_of_the_layout(string model, TensorLayout layout, int[] shape)
    {
        var audio = new AudioSpec { Samples = 800, Frontend = new FrontendSpec { Kind = FrontendKind.Stft, Fft = 64, Window = 64, Hop = 160 } };
        var spec = Spec(model, new InputSpec { Name = "features", Layout = layout, Shape = shape }, audio,
            new OutputSpec { Name = "means", Kind = OutputKind.SoftmaxLogits, Polarity = new PolaritySpec { FakeIndex = 0 } });
        // Nothing for 400 samples, then loud: the first times hold nothing.
        var heard = new List<RawOutputs>();
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(spec), scan.Options with { RawOutputs = heard.Add });
        await scan.JudgeAsync(TestScan.Inline(Wav(Rate, 1, Level(0, 400).Concat(Level(0.5f, 400)))));

        var means = heard.Single().Values.Single();
        Assert.Equal(6, means.Length);
        Assert.All(means[..3], mean => Assert.Equal(0, mean, 5));
        Assert.All(means[3..], mean => Assert.True(mean > 1));
    }

    [Fact]
    public async Task Sound_is_resampled_to_what_the_detector_wants()
    {
        // 1 kHz at 48 kHz, amplitude 0.5. At 16 kHz a period has 16 samples, whose mean magnitude is cot(π/16)/8 of the amplitude.
        var sine = Enumerable.Range(0, 48000).Select(i => 0.5f * MathF.Sin(2 * MathF.PI * 1000 * i / 48000));
        var audio = new AudioSpec { Samples = 800, Crop = AudioCrop.Centre };
        var score = (await JudgeAsync(Loudness with { Audio = audio }, Wav(48000, 1, sine))).Score!.Value;
        Assert.Equal(8 * ((0.5 / 8 / Math.Tan(Math.PI / 16)) - 0.25), Logit(score), 3);
    }

    [Fact]
    public async Task A_video_is_heard_too_and_looked_at_by_others()
    {
        var clip = await Clip.MakeAsync("-f lavfi -i color=white:s=64x64:r=5:d=2 -f lavfi -i \"aevalsrc=0.5*(1-2*mod(n\\,2)):s=16000:d=2\" "
            + "-map 0 -map 1 -c:v ffv1 -c:a pcm_f32le", "mkv");
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Loudness, TestScan.MeanBytes));
        var verdict = await scan.JudgeAsync(TestScan.Inline(clip));
        Assert.Equal("video", verdict.Modality);
        Assert.Equal(2, Logit(verdict.Detectors[0].Score!.Value), 2);
        Assert.True(verdict.Detectors[1].Units.Count > 1);
    }

    [Fact]
    public async Task Of_several_tracks_the_first_is_heard()
    {
        var clip = await Clip.MakeAsync("-f lavfi -i \"aevalsrc=0.5*(1-2*mod(n\\,2)):s=16000:d=1\" -f lavfi -i \"aevalsrc=0:s=16000:d=1\" "
            + "-map 0 -map 1 -c:a pcm_f32le", "mkv");
        var verdict = await JudgeAsync(Loudness, clip);
        Assert.Equal("audio", verdict.Modality);
        Assert.Equal(2, Logit(verdict.Score!.Value), 2);
    }

    [Fact]
    public async Task What_holds_no_sound_or_no_pictures_does_not_apply()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Loudness, TestScan.MeanBytes));
        var silent = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(1)));
        Assert.Equal(("it holds no sound", null), (silent.Detectors[0].Reason, silent.Detectors[1].Reason));
        var still = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(200)));
        Assert.Equal(("it holds no sound", null), (still.Detectors[0].Reason, still.Detectors[1].Reason));
        var sound = await scan.JudgeAsync(TestScan.Inline(Wav(Rate, 1, Level(0.5f, 900))));
        Assert.Equal((null, "it holds no pictures"), (sound.Detectors[0].Reason, sound.Detectors[1].Reason));
    }

    [Fact]
    public async Task A_recording_that_is_too_short_does_not_apply()
    {
        var spec = Loudness with { Audio = new AudioSpec { Samples = 800, MinSeconds = 1 } };
        var verdict = await JudgeAsync(spec, Wav(Rate, 1, Level(0.5f, 8000)));
        Assert.Equal((Verdict.NotApplicable, "it holds 0.5 s of sound, audio.minSeconds is 1"), (verdict.Verdict, verdict.Reason));
        Assert.Equal(Verdict.Fake, (await JudgeAsync(spec, Wav(Rate, 1, Level(0.5f, 17000)))).Verdict);
    }

    [Theory]
    [InlineData("RIFF\0\0\0\0WAVEfmt ")]
    [InlineData("fLaC")]
    [InlineData("OggS")]
    [InlineData("ID3")]
    public async Task Broken_sound_is_a_typed_failure(string head)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Loudness));
        byte[] broken = [.. System.Text.Encoding.ASCII.GetBytes(head), .. Enumerable.Range(0, 400).Select(i => (byte)(i * 37))];
        Assert.Equal((ErrorClass.CorruptMedia, "decode"), Why(await scan.FailAsync(TestScan.Inline(broken))));
        var poison = await scan.FailAsync(TestScan.Inline(Wav(Rate, 1, [float.NaN, .. Level(0.5f, 900)])));
        Assert.Equal((ErrorClass.CorruptMedia, "decode"), Why(poison));
        Assert.Empty(Directory.EnumerateFiles(scan.ScratchFolder));
    }

    [Fact]
    public async Task Only_speech_is_judged_where_a_gate_is_named()
    {
        var spec = Loudness with { Audio = new AudioSpec { Samples = 800, VoiceActivity = "speech" } };
        // Silence, then speech at 1 s: without the gate the first unit would be silent.
        var sound = Wav(Rate, 1, Level(0, Rate).Concat(Level(0.5f, Rate)));
        var verdict = await JudgeAsync(spec, sound, Speech);
        // The window before the first loud one comes along: 320 samples of silence, 480 of speech.
        Assert.Equal(8 * ((0.5 * 480 / 800) - 0.25), Logit(verdict.Score!.Value), 2);
        Assert.Equal(0.98, verdict.Detectors.Single().Units.Single().T, 3);

        var silence = await JudgeAsync(spec, Wav(Rate, 1, Level(0.05f, Rate)), Speech);
        Assert.Equal((Verdict.NotApplicable, "nobody speaks in it, says audio.voiceActivity"), (silence.Verdict, silence.Reason));
        var little = await JudgeAsync(spec with { Audio = spec.Audio! with { MinSeconds = 1.5 } }, sound, Speech);
        Assert.StartsWith("it holds 1.02 s of speech", little.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_is_missing_or_wrong_is_named()
    {
        await using var scan = new TestScan();
        var spec = Loudness with { Audio = new AudioSpec { Samples = 800, VoiceActivity = "speech" } };
        async Task<string> RefusalAsync(params ResolvedDetector[] helpers) =>
            (await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(With(scan, spec, helpers)))).Message;

        Assert.Contains("audio.voiceActivity: there is no Detector or ClusterDetector 'speech'", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Contains("role: Detector cannot be named", await RefusalAsync(Speech with { Spec = Loudness }), StringComparison.Ordinal);
        var unfed = Speech.Spec with { Inputs = [Speech.Spec.Inputs[0]] };
        Assert.Contains("inputs: the graph also has 'state', 'sr'", await RefusalAsync(Speech with { Spec = unfed }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audio.hop", "Slide", 1, FrontendKind.Raw, TensorLayout.NT)]
    [InlineData("inputs[0].layout", "Start", 0, FrontendKind.Mel, TensorLayout.NT)]
    [InlineData("inputs[0].shape", "Start", 0, FrontendKind.Raw, TensorLayout.NT)]
    public async Task A_descriptor_that_makes_no_sense_is_refused_by_field(string field, string crop, int hop, FrontendKind kind, TensorLayout layout)
    {
        await using var scan = new TestScan();
        var audio = new AudioSpec { Samples = 8000, Crop = Enum.Parse<AudioCrop>(crop), Hop = hop, Frontend = new FrontendSpec { Kind = kind } };
        var spec = Loudness with { Audio = audio, Inputs = [Loudness.Inputs[0] with { Layout = layout }] };
        var refusal = await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(scan.Configuration(spec)));
        Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
    }

    private static (ErrorClass, string) Why(ItemFailure failure) => (failure.Class, failure.Stage);

    private static ScanConfiguration With(TestScan scan, DetectorSpec spec, params ResolvedDetector[] helpers)
    {
        var configuration = scan.Configuration(spec);
        return configuration with { Detectors = [configuration.Detectors[0] with { Helpers = helpers }] };
    }

    private static async Task<VerdictRecord> JudgeAsync(DetectorSpec spec, byte[] sound, params ResolvedDetector[] helpers)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, spec, helpers));
        return await scan.JudgeAsync(TestScan.Inline(sound));
    }
}
