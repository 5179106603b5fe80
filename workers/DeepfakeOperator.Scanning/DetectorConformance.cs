using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>Runs a detector's golden input and compares the raw outputs.</summary>
public static class DetectorConformance
{
    /// <summary>
    /// Loads the model on the CPU, checks its sha256 and the named tensors against the graph, runs the conformance input through the worker's own
    /// preprocessing and compares. Never throws for a bad detector: <see cref="DetectorCheck.Passed"/> is false and the message names the field.
    /// </summary>
    public static async Task<DetectorCheck> CheckAsync(ResolvedDetector detector, ScanPipelineOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            var store = new ModelStore(options);
            var logger = options.LoggerFactory.CreateLogger<ModelSession>();
            using var session = await ModelSession.LoadAsync(detector, [ExecutionProvider.CPU], store, logger, ct);
            if (detector.Spec.Conformance is not { Expected.Count: > 0 } conformance)
                return Failed("ConformanceMissing", "conformance: an input with expected outputs is required before a detector is Ready");
            var bytes = await store.ReadAsync("conformance.input", conformance.Input.Uri, conformance.Input.Sha256, ct);
            return Compare(session, conformance, bytes);
        }
        catch (DetectorException error)
        {
            return Failed(error.Reason, error.Message);
        }
        catch (PodFatalException error)
        {
            return Failed("ProviderMissing", error.Message);
        }
        catch (ScanPipelineItemException error)
        {
            return Failed("ConformanceInputInvalid", $"conformance.input: {error.Message}");
        }
    }

    private static DetectorCheck Compare(ModelSession session, ConformanceSpec conformance, byte[] bytes)
    {
        if (MediaSniffer.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, MediaSniffer.Window))) is not { Kind: MediaKind.Still } type)
            return Failed("ConformanceInputInvalid", "conformance.input: it must be a still (JPEG, PNG, WebP or BMP)");
        using var media = FetchedMedia.InMemory(type, conformance.Input.Sha256, bytes, null, null);
        using var still = StillDecoder.Decode(media, session.Preprocess.Needed);
        using var buffer = new BatchBuffer(session, [1]);
        var values = Run(session.Preprocess);
        if (Worst(values, session, conformance) is not { } worst)
            return Failed("DescriptorInvalid", "conformance.expected: each needs the name of one of outputs, and no more values than it has");
        if (worst.Delta <= conformance.Tolerance)
        {
            return new DetectorCheck
            {
                Passed = true,
                Reason = "Conformant",
                Message = Text($"model loaded, sha256 matched, outputs reproduced within {conformance.Tolerance} (worst difference {worst.Delta:G3})"),
                Provider = session.Provider.ToString(),
                WorstDelta = worst.Delta,
            };
        }
        var likely = Suspects(session.Detector.Spec)
            .Where(suspect => Worst(Run(suspect.Preprocess(session.Input)), session, conformance)!.Value.Delta <= conformance.Tolerance)
            .Select(suspect => suspect.Hint).FirstOrDefault() ?? "image.* or model may be wrong";
        return Failed("OutputsDiffer", Text($"output {worst.What} is {worst.Actual:G7}, conformance.expected says {worst.Expected:G7} (tolerance {conformance.Tolerance}); {likely}"))
            with { Provider = session.Provider.ToString(), WorstDelta = double.IsFinite(worst.Delta) ? worst.Delta : null };

        float[] Run(Preprocess preprocess)
        {
            preprocess.Write(still.Pixels, buffer.Slot(0));
            buffer.Run(1);
            var result = new float[session.OutputWidths.Sum()];
            buffer.Read(0, result);
            return result;
        }
    }

    /// <summary>The largest difference, or null where the expected values do not fit the outputs. Not a number counts as infinitely far.</summary>
    private static (double Delta, string What, double Actual, double Expected)? Worst(float[] values, ModelSession session, ConformanceSpec conformance)
    {
        (double Delta, string What, double Actual, double Expected) worst = (-1, "", 0, 0);
        foreach (var expected in conformance.Expected)
        {
            var index = session.Detector.Spec.Outputs.ToList().FindIndex(output => output.Name == expected.Output);
            if (index < 0 || expected.Values.Count == 0 || expected.Values.Count > session.OutputWidths[index]) return null;
            var start = session.OutputWidths[..index].Sum();
            for (var i = 0; i < expected.Values.Count; i++)
            {
                var delta = Math.Abs(values[start + i] - expected.Values[i]);
                if (double.IsNaN(delta)) delta = double.PositiveInfinity;
                if (delta > worst.Delta) worst = (delta, $"'{expected.Output}'[{i}]", values[start + i], expected.Values[i]);
            }
        }
        return worst;
    }

    /// <summary>What is most often wrong in a descriptor, one change at a time.</summary>
    private static IEnumerable<Suspect> Suspects(DetectorSpec spec)
    {
        var image = spec.Image;
        if (image.Colour != ColourOrder.Gray)
        {
            var other = image.Colour == ColourOrder.RGB ? ColourOrder.BGR : ColourOrder.RGB;
            yield return new Suspect($"with image.colour {other} they agree", image with { Colour = other });
        }
        if (image.Resize != ResizeMode.None)
        {
            yield return new Suspect($"with image.antialias {(image.Antialias ? "false" : "true")} they agree", image with { Antialias = !image.Antialias });
            foreach (var interpolation in Enum.GetValues<Interpolation>())
                yield return new Suspect($"with image.interpolation {interpolation} they agree", image with { Interpolation = interpolation });
        }
        if (spec.Inputs[0].Type != TensorType.Float32) yield break;
        yield return new Suspect("with image.scale 0.00392156862745098 (1/255) they agree", image with { Scale = 1 / 255d });
        yield return new Suspect("with image.scale 1 they agree", image with { Scale = 1 });
        yield return new Suspect("without image.mean and image.std they agree", image with { Mean = [], Std = [] });
    }

    private static DetectorCheck Failed(string reason, string message) => new() { Passed = false, Reason = reason, Message = message };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Suspect(string Hint, ImageSpec Image)
    {
        internal Preprocess Preprocess(InputSpec input) => new(Image, input.Layout, input.Type);
    }
}
