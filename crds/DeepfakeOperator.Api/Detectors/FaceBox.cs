using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a face's box becomes the crop.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaceBox>))]
public enum FaceBox
{
    /// <summary>The box itself.</summary>
    Tight,

    /// <summary>The box with a margin.</summary>
    Margin,

    /// <summary>A square around its centre, side = scale × longer side.</summary>
    Square,

    /// <summary>Both sides times the scale.</summary>
    Scale,

    /// <summary>A square, side = scale × 2.2 × max(eye distance, eye to mouth).</summary>
    Eyes,
}
