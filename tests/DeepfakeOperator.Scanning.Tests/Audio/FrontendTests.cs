using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Scanning.Audio;

namespace DeepfakeOperator.Scanning.Tests.Audio;

/// <summary>Front ends against scipy; frontends.json is made by make_frontends.py.</summary>
public sealed class FrontendTests
{
    private static readonly JsonNode Oracle = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Audio", "frontends.json")))!;

    public static TheoryData<string> Cases => [.. Oracle["cases"]!.AsArray().Select(one => (string)one!["name"]!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Features_are_those_of_scipy(string name)
    {
        var expected = Oracle["cases"]!.AsArray().Single(one => (string)one!["name"]! == name)!;
        float[] samples = [.. Oracle["samples"]!.AsArray().Select(value => (float)value!)];
        var spec = expected["frontend"].Deserialize<FrontendSpec>(ApiJson.Options)!;
        var frontend = new AudioFrontend(new AudioSpec { Samples = samples.Length, Frontend = spec });
        Assert.Equal(((int)expected["features"]!, (int)expected["times"]!), (frontend.Features, frontend.Frames));

        var features = new float[frontend.Features * frontend.Frames];
        frontend.Compute(samples, timeFirst: false, features);

        double[] values = [.. expected["values"]!.AsArray().Select(value => (double)value!)];
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], features[i], 1e-4 * Math.Max(1, Math.Abs(values[i])));
    }

    [Fact]
    public void Time_first_is_the_same_turned()
    {
        float[] samples = [.. Oracle["samples"]!.AsArray().Select(value => (float)value!)];
        var frontend = new AudioFrontend(new AudioSpec { Samples = samples.Length, Frontend = new FrontendSpec { Kind = FrontendKind.Mel } });
        float[] byFeature = new float[frontend.Features * frontend.Frames], byTime = new float[byFeature.Length];
        frontend.Compute(samples, timeFirst: false, byFeature);
        frontend.Compute(samples, timeFirst: true, byTime);
        for (var feature = 0; feature < frontend.Features; feature++)
        {
            for (var time = 0; time < frontend.Frames; time++)
                Assert.Equal(byFeature[(feature * frontend.Frames) + time], byTime[(time * frontend.Features) + feature]);
        }
    }

    [Fact]
    public void Silence_is_finite()
    {
        foreach (var kind in new[] { FrontendKind.Stft, FrontendKind.Mel, FrontendKind.Lfcc })
        {
            var frontend = new AudioFrontend(new AudioSpec
            {
                Samples = 800, Frontend = new FrontendSpec { Kind = kind, Decibel = kind != FrontendKind.Lfcc, DynamicRange = 80 },
            });
            var features = new float[frontend.Features * frontend.Frames];
            frontend.Compute(new float[800], timeFirst: true, features);
            Assert.All(features, value => Assert.True(float.IsFinite(value)));
        }
    }
}
