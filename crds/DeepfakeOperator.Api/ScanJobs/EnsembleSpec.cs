namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How several detectors' calibrated scores become one.</summary>
public sealed record EnsembleSpec
{
    /// <summary>The rule.</summary>
    public EnsembleMethod Method { get; init; } = EnsembleMethod.WeightedMean;

    /// <summary>Logistic only: added to the weighted sum of the scores before the sigmoid.</summary>
    public double Intercept { get; init; }
}
