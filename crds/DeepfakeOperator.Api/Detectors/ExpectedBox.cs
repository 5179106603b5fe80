namespace DeepfakeOperator.Api.Detectors;

/// <summary>A face that is found in a golden picture.</summary>
public sealed record ExpectedBox
{
    /// <summary>Left, top, width and height in pixels of the picture.</summary>
    public IReadOnlyList<double> Box { get; init; } = [];

    /// <summary>Score of the face.</summary>
    public double Score { get; init; }
}
