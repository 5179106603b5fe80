using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeepfakeOperator.Scanning.Tests.Audio;

/// <summary>AASIST and Silero VAD from their YAML, with the published weights where they are at hand.</summary>
public sealed class PublishedSoundTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AASIST_gives_its_golden_logits()
    {
        var aasist = await DetectorAsync("aasist", "AASIST.onnx");
        var heard = new List<RawOutputs>();
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(aasist.Spec), scan.Options with { RawOutputs = heard.Add });
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(PublishedModels.Folder(), "golden", "AASIST.tsv"), Cancelled))
        {
            var file = line.Split('\t')[0];
            double[] logits = [.. line.Split('=')[1].Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
            heard.Clear();
            await scan.JudgeAsync(TestScan.Inline(await File.ReadAllBytesAsync(Path.Combine(Media, "..", file), Cancelled)));
            Assert.Equal(logits[0], heard.Single().Values[0][0], 1e-4);
            Assert.Equal(logits[1], heard.Single().Values[0][1], 1e-4);
        }
    }

    [Theory]
    [InlineData("aasist", "AASIST.onnx")]
    [InlineData("silero-vad", "silero_vad_16k_op15.onnx")]
    public async Task Published_detectors_pass_their_check(string name, string model)
    {
        await using var scan = new TestScan();
        var check = await DetectorConformance.CheckAsync(await DetectorAsync(name, model), scan.Options, Cancelled);
        Assert.True(check.Passed, check.Message);
    }

    [Fact]
    public async Task A_wrong_way_to_pad_is_named()
    {
        var aasist = await DetectorAsync("aasist", "AASIST.onnx");
        await using var scan = new TestScan();
        var wrong = aasist with { Spec = aasist.Spec with { Audio = aasist.Spec.Audio! with { Pad = AudioPad.ZeroRight } } };
        var check = await DetectorConformance.CheckAsync(wrong, scan.Options, Cancelled);
        Assert.Equal((false, "OutputsDiffer"), (check.Passed, check.Reason));
        Assert.EndsWith("with audio.pad Tile they agree", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silero_hears_speech_in_speech_and_in_nothing_else()
    {
        await using var scan = new TestScan();
        var silero = await DetectorAsync("silero-vad", "silero_vad_16k_op15.onnx");
        using var gate = await SpeechGate.LoadAsync(silero, new ModelStore(scan.Options), NullLogger.Instance, Cancelled);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Media, "test.wav"), Cancelled);
        var speech = await AudioDecoder.DecodeAsync(bytes, gate.SampleRate, scan.Options, Cancelled);

        Assert.InRange(gate.Speech(speech).Sum(part => part.To - part.From) / speech.Seconds, 0.5, 0.95);
        Assert.Empty(gate.Speech(new Recording(new float[Sounds.Rate * 2], Sounds.Rate)));
        Assert.Empty(gate.Speech(new Recording(Enumerable.Range(0, Sounds.Rate * 2).Select(i => 0.3f * MathF.Sin(i * 0.4f)).ToArray(), Sounds.Rate)));
    }

    private static string Media => Path.Combine(PublishedModels.Folder(), "..", "media", "audio");

    /// <summary>The detector of the catalogue, its model and its golden input where they lie here.</summary>
    private static async Task<ResolvedDetector> DetectorAsync(string name, string model)
    {
        var yaml = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "detectors", name + ".yaml"), Cancelled);
        var manifest = ManifestApplier.Parse(yaml)[0];
        var spec = manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!;
        var folder = Path.GetFullPath(PublishedModels.Folder());
        var golden = Directory.EnumerateFiles(Path.GetFullPath(Media))
            .First(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) == spec.Conformance!.Input.Sha256);
        return new ResolvedDetector(name, 1, spec with
        {
            Model = spec.Model! with { Uri = $"file://{folder}/{model}" },
            Conformance = spec.Conformance! with { Input = spec.Conformance.Input with { Uri = "file://" + golden } },
        });
    }
}
