namespace DeepfakeOperator.Api.Detectors;

/// <summary>One step of an isotonic calibration.</summary>
public sealed record CalibrationPoint
{
    /// <summary>Raw score.</summary>
    public double Raw { get; init; }

    /// <summary>Probability there.</summary>
    public double Calibrated { get; init; }
}
