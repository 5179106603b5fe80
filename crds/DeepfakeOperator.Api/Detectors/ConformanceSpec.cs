namespace DeepfakeOperator.Api.Detectors;

/// <summary>A golden input with its outputs.</summary>
public sealed record ConformanceSpec
{
    /// <summary>The media.</summary>
    public ConformanceInput Input { get; init; } = new();

    /// <summary>Raw values of the output tensors for its first unit.</summary>
    public IReadOnlyList<ExpectedOutput> Expected { get; init; } = [];

    /// <summary>P(fake) of its first unit before calibration, which only the right polarity gives; required for role Detector.</summary>
    public double? Score { get; init; }

    /// <summary>Largest absolute difference allowed.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>The faces of the picture, as <c>boxes</c> makes them of the outputs; for role FaceDetector only.</summary>
    public IReadOnlyList<ExpectedBox> Boxes { get; init; } = [];

    /// <summary>Largest difference allowed of a side of a box, in pixels of the picture.</summary>
    public double BoxTolerance { get; init; } = 1;
}
