namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a raw score becomes a probability.</summary>
public sealed record CalibrationSpec
{
    /// <summary>The rule.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.None;

    /// <summary>Temperature: the logit is divided by this.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Platt: slope on the logit.</summary>
    public double A { get; init; } = 1;

    /// <summary>Platt: added to it.</summary>
    public double B { get; init; }

    /// <summary>Isotonic: steps, in order of the raw score.</summary>
    public IReadOnlyList<CalibrationPoint> Points { get; init; } = [];

    /// <summary>The data.</summary>
    public string? FittedOn { get; init; }

    /// <summary>The date.</summary>
    public string? FittedAt { get; init; }

    /// <summary>Expected calibration error after it, 15 bins.</summary>
    public double? Ece { get; init; }
}
