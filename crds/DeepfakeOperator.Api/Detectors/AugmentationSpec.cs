namespace DeepfakeOperator.Api.Detectors;

/// <summary>Test-time augmentation; the variants' scores are combined before the aggregation.</summary>
public sealed record AugmentationSpec
{
    /// <summary>Also the mirror image.</summary>
    public bool Flip { get; init; }

    /// <summary>Also these scales.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [];

    /// <summary>How the variants become one.</summary>
    public AugmentationCombine Combine { get; init; } = AugmentationCombine.Mean;
}
