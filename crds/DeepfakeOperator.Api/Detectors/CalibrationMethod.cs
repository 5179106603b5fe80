using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>A rule from raw score to probability.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CalibrationMethod>))]
public enum CalibrationMethod
{
    /// <summary>The raw score is used.</summary>
    None,

    /// <summary>sigmoid(logit ÷ temperature), Guo et al. 2017.</summary>
    Temperature,

    /// <summary>sigmoid(a · logit + b), Platt 1999.</summary>
    Platt,

    /// <summary>Linear between fitted points.</summary>
    Isotonic,
}
