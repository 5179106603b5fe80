namespace DeepfakeOperator.Api.Records;

/// <summary>What one detector says of one item.</summary>
public sealed record DetectorScore
{
    /// <summary>The detector's name.</summary>
    public required string Name { get; init; }

    /// <summary>sha256 of the model file, hex; empty for a model that is served elsewhere.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>P(fake) before calibration, aggregated over the units; absent when the detector did not apply.</summary>
    public double? Score { get; init; }

    /// <summary>The same after calibration; this enters the ensemble.</summary>
    public double? Calibrated { get; init; }

    /// <summary>Why the detector did not apply; absent otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The generator that it names; absent for a detector that names none.</summary>
    public AttributionRecord? Attribution { get; init; }

    /// <summary>What a served model answered, one a prompt; absent for others.</summary>
    public IReadOnlyList<string>? Answers { get; init; }

    /// <summary>The units (frames, faces, clips) it looked at, in order of time.</summary>
    public IReadOnlyList<UnitScore> Units { get; init; } = [];
}
