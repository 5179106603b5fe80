using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Scanning.Tests.Audio;

/// <summary>Sounds of known samples, and detectors of them whose scores are known in closed form.</summary>
internal static class Sounds
{
    internal const int Rate = 16000;

    /// <summary>A WAV file of floats.</summary>
    internal static byte[] Wav(int rate, int channels, params IEnumerable<float> interleaved)
    {
        var samples = interleaved.ToArray();
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + (samples.Length * 4));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)3);
        writer.Write((short)channels);
        writer.Write(rate);
        writer.Write(rate * channels * 4);
        writer.Write((short)(channels * 4));
        writer.Write((short)32);
        writer.Write("data"u8);
        writer.Write(samples.Length * 4);
        foreach (var sample in samples) writer.Write(sample);
        return file.ToArray();
    }

    /// <summary>So many samples of one level, the sign changing, so that the mean magnitude is the level.</summary>
    internal static IEnumerable<float> Level(float level, int samples) => Enumerable.Range(0, samples).Select(i => i % 2 == 0 ? level : -level);

    /// <summary>Logit 8 (mean magnitude of 800 samples − 0.25).</summary>
    internal static DetectorSpec Loudness => Spec("loudness", new InputSpec { Name = "samples", Layout = TensorLayout.NT, Shape = [-1, 800] },
        new AudioSpec { Samples = 800 }, new OutputSpec { Name = "logit", Polarity = new PolaritySpec { HighIsFake = true } });

    internal static DetectorSpec Spec(string model, InputSpec input, AudioSpec audio, OutputSpec output) => new()
    {
        Modality = Modality.Audio, Model = Model(model), Inputs = [input], MaxBatch = 8, Audio = audio, Outputs = [output],
    };

    internal static ModelSpec Model(string name) => new()
    {
        Uri = $"bundled:{name}.onnx",
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(TestScan.ModelFolder, name + ".onnx")))),
    };

    /// <summary>Speech is what is loud: 4 times the mean magnitude of the last 400 samples, looked at every 320, fading by a tenth.</summary>
    internal static ResolvedDetector Speech { get; } = new("speech", 1, new DetectorSpec
    {
        Role = DetectorRole.VoiceActivity,
        Modality = Modality.Audio,
        Model = Model("loud_is_speech"),
        Inputs =
        [
            new InputSpec { Name = "samples", Layout = TensorLayout.NT },
            new InputSpec { Name = "state", State = "next", Shape = [1, -1, 1] },
            new InputSpec { Name = "sr", Type = TensorType.Int64, Value = Rate },
        ],
        MaxBatch = 1,
        Audio = new AudioSpec { Samples = 400, Crop = AudioCrop.Slide, Hop = 320 },
        Outputs = [new OutputSpec { Name = "speech", Kind = OutputKind.Probability }],
        Aggregation = new AggregationSpec { Threshold = 0.5 },
    });

    internal static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
