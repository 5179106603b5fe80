using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Parity;

/// <summary>Compares one detector after the other and keeps the count.</summary>
internal sealed partial class ParityRun(PublishedFiles? files)
{
    /// <summary>Largest difference from a golden output.</summary>
    private const double Tolerance = 1e-4;

    private int _checked;
    private double _worst;

    internal int Failed { get; private set; }

    internal string LastLine => string.Create(CultureInfo.InvariantCulture, $"parity: detectors={_checked} worst_delta={_worst:G3} failed={Failed}");

    /// <summary>Its golden outputs, its own conformance input, and for a face detector the counted faces.</summary>
    internal async Task CheckAsync(ResolvedDetector detector, CancellationToken ct)
    {
        if (files?.Impostor(detector.Spec) is { } impostor)
        {
            _checked++;
            Failed++;
            Console.WriteLine($"{detector.Name}: FAILED, {impostor} does not have the sha256 of model.sha256");
            return;
        }
        if (files?.Locate(detector) is not { } located)
        {
            Console.WriteLine($"{detector.Name}: skipped, its weights are not at hand");
            return;
        }
        _checked++;
        if (located.Spec.Conformance is not null)
        {
            var check = await DetectorConformance.CheckAsync(located, Options(), ct);
            Judge(located.Name, "conformance", check.WorstDelta ?? double.PositiveInfinity, check.Passed, check.Message);
        }
        // Golden outputs are those of the network: for a detector that cuts faces out, of crops, which another descriptor describes.
        if (located.Spec.Role == DetectorRole.Detector && located.Spec.Face is null)
        {
            var golden = files.Golden(located.Spec).ToList();
            if (golden.Count == 0) Judge(located.Name, "golden outputs", 0, passed: false, "there are none for its weights");
            foreach (var (file, expected) in golden) await GoldenAsync(located, file, expected, ct);
        }
        if (located.Spec.Role == DetectorRole.FaceDetector) await FacesAsync(located, ct);
    }

    private async Task GoldenAsync(ResolvedDetector detector, string file, IReadOnlyList<ExpectedOutput> expected, CancellationToken ct)
    {
        var heard = new ConcurrentQueue<RawOutputs>();
        var outcome = await ScanAsync(detector, file, Options() with { RawOutputs = heard.Enqueue }, ct);
        var delta = double.PositiveInfinity;
        if (heard.MinBy(outputs => outputs.Unit) is { } first)
        {
            delta = expected.SelectMany(output => output.Values.Select((value, i) =>
                Math.Abs(value - first.Values[detector.Spec.Outputs.ToList().FindIndex(each => each.Name == output.Output)][i]))).Max();
        }
        Judge(detector.Name, Path.GetFileName(file), delta, delta <= Tolerance, outcome.Failure?.Message ?? outcome.Verdict?.Reason);
    }

    /// <summary>Pictures whose names begin with how many faces they show, through a detector that looks at all faces.</summary>
    private async Task FacesAsync(ResolvedDetector finder, CancellationToken ct)
    {
        var user = new ResolvedDetector("faces", 1, finder.Spec with
        {
            // Any model will do: what is counted are the faces that it is shown. The face detector itself is at hand.
            Role = DetectorRole.Detector,
            Modality = Modality.Face,
            Boxes = null,
            Face = new FaceSpec { Detector = finder.Name, Selection = FaceSelection.All, MaxFaces = 100 },
            Outputs = [new OutputSpec { Name = finder.Spec.Boxes!.Levels[0].Score, Kind = OutputKind.ClassScores, Polarity = new PolaritySpec { FakeIndex = 0 } }],
            Conformance = null,
        }) { Helpers = [finder] };
        foreach (var file in Directory.EnumerateFiles(files!.Media, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (!FaceCount().IsMatch(Path.GetFileName(file))) continue;
            var wanted = int.Parse(FaceCount().Match(Path.GetFileName(file)).Groups[1].Value, CultureInfo.InvariantCulture);
            var outcome = await ScanAsync(user, file, Options(), ct);
            var found = outcome.Verdict?.Faces?.Count ?? 0;
            Judge(finder.Name, $"{Path.GetFileName(file)}: {found} faces", Math.Abs(found - wanted), found == wanted, outcome.Failure?.Message);
        }
    }

    private void Judge(string detector, string what, double delta, bool passed, string? why)
    {
        _worst = Math.Max(_worst, delta);
        if (!passed) Failed++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{detector}: {what}, delta {delta:G3}{(passed ? "" : $", FAILED {why}")}"));
    }

    private static async Task<ItemOutcome> ScanAsync(ResolvedDetector detector, string file, ScanPipelineOptions options, CancellationToken ct)
    {
        var configuration = new ScanConfiguration
        {
            Namespace = "parity",
            Name = "parity",
            Uid = "parity",
            Spec = new ScanJobSpec { Sampling = new SamplingSpec { Faces = new FaceSamplingSpec { MinSize = 1, Max = 100 } } },
            Detectors = [detector],
        };
        await using var pipeline = await ScanPipeline.StartAsync(configuration, options, ct);
        var done = new TaskCompletionSource<ItemOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var item = new SourceItem { Id = file, Inline = await File.ReadAllBytesAsync(file, ct), Position = new SourcePosition("", 0, 0) };
        await pipeline.SubmitAsync(item, done.SetResult, ct);
        return await done.Task.WaitAsync(ct);
    }

    private static ScanPipelineOptions Options() => new() { ScratchFolder = Path.Combine(Path.GetTempPath(), $"parity-{Environment.ProcessId}") };

    [GeneratedRegex("^([0-9]+)faces?[.]")]
    private static partial Regex FaceCount();
}
