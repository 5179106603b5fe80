using System.Globalization;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From what the detectors saw to the record that is published.</summary>
internal sealed class VerdictBuilder(ScanConfiguration configuration, Ensemble ensemble)
{
    private readonly string _scanJob = $"{configuration.Namespace}/{configuration.Name}";

    /// <summary>The result of one item; <paramref name="parts"/> are in the order of the configuration's detectors.</summary>
    internal VerdictRecord Judge(
        SourceItem item, string modality, MediaInfo media, IReadOnlyList<DetectorPart> parts, bool timeline, StageTimings timings)
    {
        var scores = new DetectorScore[parts.Count];
        for (var i = 0; i < scores.Length; i++) scores[i] = Score(configuration.Detectors[i], parts[i]);
        var (verdict, score, reason) = Decide(parts, scores);
        var segments = parts.Where(part => part.Segments is not null).SelectMany(part => part.Segments!).OrderBy(segment => segment.Start).ToArray();
        return new VerdictRecord
        {
            Id = item.Id,
            Uri = item.Uri?.OriginalString,
            Source = item.Position,
            ScanJob = _scanJob,
            Modality = modality,
            Verdict = verdict,
            Reason = reason,
            Score = score,
            Detectors = scores,
            Timeline = timeline && score is not null ? Timeline(parts) : null,
            Segments = parts.Any(part => part.Segments is not null) ? segments : null,
            Faces = Faces(parts),
            Mask = parts.Select(part => part.Mask).FirstOrDefault(mask => mask is not null),
            Media = media,
            Timings = timings,
            Metadata = item.Metadata,
        };
    }

    private static DetectorScore Score(ResolvedDetector detector, DetectorPart part)
    {
        var raw = Aggregation.Combine(part.Units, detector.Spec);
        return new DetectorScore
        {
            Name = detector.Name,
            ModelSha256 = detector.Spec.Model?.Sha256 ?? "",
            Score = raw?.Probability,
            Calibrated = raw is { } score ? Calibration.Apply(score, detector.Spec.Calibration) : null,
            Reason = part.NotApplicable ?? part.Untrusted ?? part.Undecided ?? (raw is null ? "it saw no unit of this item" : null),
            Attribution = part.Attribution,
            Answers = part.Answers,
            Units = [.. part.Units.Select(unit => new UnitScore(unit.T, unit.Score.Probability) { Track = unit.Face?.Track })],
        };
    }

    private (Verdict Verdict, double? Score, string? Reason) Decide(IReadOnlyList<DetectorPart> parts, DetectorScore[] scores)
    {
        var spec = configuration.Spec;
        var applied = Enumerable.Range(0, scores.Length).Where(i => scores[i].Calibrated is not null).ToArray();
        if (applied.Length == 0)
            return (parts.Any(part => part.Undecided is not null) ? Verdict.Inconclusive : Verdict.NotApplicable, null, Reasons(scores));
        // A detector whose gate distrusts this item is only heard where there is no other, and then it cannot decide.
        var trusted = applied.Where(i => parts[i].Untrusted is null).ToArray();
        var heard = trusted.Length > 0 ? trusted : applied;
        var score = Combine(heard.Select(i => (i, scores[i].Calibrated!.Value)));
        if (trusted.Length == 0) return (Verdict.Inconclusive, score, Reasons(scores));
        if (score >= spec.Verdict.FakeAtOrAbove) return (Verdict.Fake, score, null);
        if (score <= spec.Verdict.RealAtOrBelow) return (Verdict.Real, score, null);
        return (Verdict.Inconclusive, score, string.Create(CultureInfo.InvariantCulture,
            $"the score lies between verdict.realAtOrBelow {spec.Verdict.RealAtOrBelow} and verdict.fakeAtOrAbove {spec.Verdict.FakeAtOrAbove}"));
    }

    /// <summary>The faces that were looked at, each with the ensemble of the detectors that did.</summary>
    private IReadOnlyList<FaceRecord>? Faces(IReadOnlyList<DetectorPart> parts)
    {
        var seen = parts.SelectMany((part, i) => part.Units.Where(unit => unit.Face is not null).Select(unit => (Detector: i, Unit: unit))).ToArray();
        if (seen.Length == 0) return null;
        return
        [
            .. seen.GroupBy(each => each.Unit.Face!.Track).OrderBy(track => track.Key).Select(track =>
            {
                var box = track.Select(each => each.Unit.Face!.Box).MaxBy(box => box.Area);
                var scores = track.GroupBy(each => each.Detector, each => each.Unit).Select(units => Calibrated(units.Key, [.. units]));
                return new FaceRecord(
                    track.Key,
                    [Math.Round(box.Left), Math.Round(box.Top), Math.Round(box.Width), Math.Round(box.Height)],
                    Combine(scores))
                {
                    Seen = [track.Min(each => each.Unit.T), track.Max(each => each.Unit.T)],
                };
            }),
        ];
    }

    private (int Detector, double Score) Calibrated(int detector, IReadOnlyList<UnitResult> units)
    {
        var spec = configuration.Detectors[detector].Spec;
        return (detector, Calibration.Apply(Aggregation.Combine(units, spec)!.Value, spec.Calibration));
    }

    /// <summary>The ensemble's score where these detectors are heard and the others are not.</summary>
    private double Combine(IEnumerable<(int Detector, double Score)> heard)
    {
        var members = configuration.Detectors.Select(detector => new EnsembleMember(detector.Weight, detector.Family, null)).ToArray();
        foreach (var (detector, score) in heard) members[detector] = members[detector] with { Score = score };
        return ensemble.Combine(members);
    }

    private static string Reasons(DetectorScore[] scores)
    {
        var reasons = scores.Select(score => score.Reason).Distinct().ToArray();
        return reasons.Length == 1 ? reasons[0]! : string.Join("; ", scores.Select(score => $"{score.Name}: {score.Reason}"));
    }

    /// <summary>At each time the ensemble of the detectors that looked then, each unit calibrated as the whole is.</summary>
    private IReadOnlyList<TimelinePoint> Timeline(IReadOnlyList<DetectorPart> parts)
    {
        var heard = Enumerable.Range(0, parts.Count).Where(i => parts[i].Untrusted is null).ToArray();
        if (heard.Length == 0) heard = [.. Enumerable.Range(0, parts.Count)];
        return
        [
            .. heard.SelectMany(i => parts[i].Units.GroupBy(unit => unit.T).Select(units => (T: units.Key, Calibrated: Calibrated(i, [.. units]))))
                .GroupBy(unit => unit.T, unit => unit.Calibrated)
                .OrderBy(group => group.Key)
                .Select(group => new TimelinePoint(group.Key, Combine(group))),
        ];
    }
}
