using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Which frames a detector looks at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrameSampling>))]
public enum FrameSampling
{
    /// <summary>Those that the ScanJob samples, or as many of them as are wanted, evenly, first and last included.</summary>
    Uniform,

    /// <summary>Every n-th.</summary>
    Stride,

    /// <summary>At a fixed rate.</summary>
    Fps,

    /// <summary>Intra-coded frames.</summary>
    Keyframes,
}
