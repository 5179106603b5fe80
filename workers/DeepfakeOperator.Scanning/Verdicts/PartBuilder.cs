using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From the readings of one detector's units to its part of the verdict.</summary>
internal sealed class PartBuilder(string name, DetectorSpec spec)
{
    /// <summary>What an open-set detector says that knows none of its generators again.</summary>
    private const string Unknown = "unknown";

    private readonly OutputSpec? _attribution = spec.Outputs.FirstOrDefault(output => output.Kind == OutputKind.Attribution);

    /// <summary><paramref name="times"/> are those of the decoded frames.</summary>
    internal DetectorPart Build(IReadOnlyList<(Unit Unit, UnitReading Reading)> readings, IReadOnlyList<double> times, string? notApplicable, string? untrusted)
    {
        if (notApplicable is not null) return new DetectorPart([], notApplicable, null);
        var timed = readings.Select(reading => (reading.Unit, reading.Reading, T: reading.Unit.Time ?? times[reading.Unit.Frame])).ToArray();
        var units = timed.SelectMany(each => Results(each.Unit, each.Reading, each.T, times))
            .GroupBy(result => (result.Result.T, result.Result.Face?.Track, result.Frame, result.Unit))
            .Select(variants => Combine([.. variants.Select(variant => variant.Result)]))
            .OrderBy(unit => unit.T).ThenBy(unit => unit.Face?.Track);
        return new DetectorPart([.. units], null, untrusted)
        {
            Undecided = readings.Count > 0 && readings.All(each => each.Reading is { Score: null, Frames: null }) ? Silence : null,
            Attribution = Attribution([.. timed.Select(each => each.Reading.Generators).OfType<IReadOnlyList<double>>()]),
            Segments = timed.Any(each => each.Reading.Segments is not null)
                ? [.. timed.SelectMany(each => Segments(each.Reading, each.T)).OrderBy(segment => segment.Start)]
                : null,
            Mask = timed.Where(each => each is { Reading.Mask: not null, Unit.Variant: 0 })
                .OrderByDescending(each => each.Reading.Score?.Probability).ThenBy(each => each.T)
                .Select(each => Mask(each.Reading.Mask!, each.T)).FirstOrDefault(),
        };
    }

    private string Silence => spec.Modality == Modality.Remote
        ? "no answer matches exactly one of outputs[].text.fakePattern and realPattern"
        : "the model did not decide";

    /// <summary>A unit's score, or those of its frames where the model gives them.</summary>
    private IEnumerable<(UnitResult Result, int Frame, (int Frame, double? Time) Unit)> Results(Unit unit, UnitReading reading, double t, IReadOnlyList<double> times)
    {
        var key = (unit.Frame, unit.Time);
        if (reading.Frames is not { } frames)
        {
            if (reading.Score is { } score) yield return (new UnitResult(t, score, unit.Face), 0, key);
            yield break;
        }
        double? last = null;
        for (var i = 0; i < frames.Count; i++)
        {
            var at = unit.Frames is { } shown ? times[shown[i * shown.Count / frames.Count]] : t + (i * Seconds / frames.Count);
            // A frame that was repeated to fill a short clip is judged once.
            if (unit.Frames is not null && at <= last) continue;
            last = at;
            yield return (new UnitResult(at, frames[i], unit.Face), i, key);
        }
    }

    /// <summary>Length of a unit of sound.</summary>
    private double Seconds => spec.Audio is { } audio ? (double)audio.Samples / audio.SampleRate : 0;

    private UnitResult Combine(UnitResult[] variants)
    {
        if (variants.Length == 1) return variants[0];
        var rule = new AggregationSpec
        {
            Space = spec.Aggregation.Space,
            Method = spec.Augmentation.Combine == AugmentationCombine.Max ? AggregationMethod.Max : AggregationMethod.Mean,
        };
        return variants[0] with { Score = Aggregation.Combine([.. variants.Select(variant => variant.Score)], rule)!.Value };
    }

    private AttributionRecord? Attribution(IReadOnlyList<IReadOnlyList<double>> units)
    {
        if (_attribution is null || units.Count == 0) return null;
        var means = Enumerable.Range(0, units[0].Count).Select(i => units.Average(unit => unit[i])).ToArray();
        var best = Array.IndexOf(means, means.Max());
        var known = means[best] >= (_attribution.Attribution?.OpenSetBelow ?? 0);
        return new AttributionRecord(known ? _attribution.Labels[best] : Unknown, means[best]);
    }

    private IEnumerable<SegmentRecord> Segments(UnitReading reading, double t) =>
        reading.Segments?.Select(segment => new SegmentRecord(name, t + segment.Start, t + segment.End, segment.Score)) ?? [];

    private MaskRecord Mask(PixelMask mask, double t) => new(name, t, mask.Coverage, Convert.ToBase64String(mask.ToPng()));
}
