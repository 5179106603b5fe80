using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How the samples of a window are weighted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WindowFunction>))]
public enum WindowFunction
{
    /// <summary>Hann, periodic.</summary>
    Hann,

    /// <summary>Hamming, periodic.</summary>
    Hamming,

    /// <summary>All alike.</summary>
    Rectangular,
}
