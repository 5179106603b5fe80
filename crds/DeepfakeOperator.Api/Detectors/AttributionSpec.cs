namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a generator is named.</summary>
public sealed record AttributionSpec
{
    /// <summary>Below this best probability the generator is unknown.</summary>
    public double OpenSetBelow { get; init; }
}
