namespace DeepfakeOperator.Api.Records;

/// <summary>The data of a result CloudEvent: one per judged item.</summary>
public sealed record VerdictRecord
{
    /// <summary>The CloudEvent type of a result.</summary>
    public const string EventType = "io.deepfakeoperator.verdict.v1";

    /// <summary>The item's id; also the key of the Kafka record.</summary>
    public required string Id { get; init; }

    /// <summary>Where the media is; absent for inline bytes.</summary>
    public string? Uri { get; init; }

    /// <summary>Where the item's record stands.</summary>
    public required SourcePosition Source { get; init; }

    /// <summary><c>namespace/name</c> of the ScanJob.</summary>
    public required string ScanJob { get; init; }

    /// <summary><c>image</c>, <c>video</c> or <c>audio</c>.</summary>
    public required string Modality { get; init; }

    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why the verdict is Inconclusive or NotApplicable; absent otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The ensemble's score, 0 (real) to 1 (fake); absent when NotApplicable.</summary>
    public double? Score { get; init; }

    /// <summary>Each detector's part.</summary>
    public IReadOnlyList<DetectorScore> Detectors { get; init; } = [];

    /// <summary>Score over time, for video and audio.</summary>
    public IReadOnlyList<TimelinePoint>? Timeline { get; init; }

    /// <summary>Stretches that detectors say are manipulated, in order of time.</summary>
    public IReadOnlyList<SegmentRecord>? Segments { get; init; }

    /// <summary>The faces that were looked at, as tracks through a video.</summary>
    public IReadOnlyList<FaceRecord>? Faces { get; init; }

    /// <summary>Where in the picture the manipulation is; of the first detector that says.</summary>
    public MaskRecord? Mask { get; init; }

    /// <summary>What the media turned out to be.</summary>
    public required MediaInfo Media { get; init; }

    /// <summary>Seconds spent.</summary>
    public required StageTimings Timings { get; init; }

    /// <summary>The item's own metadata, handed through.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
