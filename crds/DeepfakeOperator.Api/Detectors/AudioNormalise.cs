using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What the samples are divided by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AudioNormalise>))]
public enum AudioNormalise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The largest magnitude.</summary>
    Peak,

    /// <summary>The standard deviation.</summary>
    Std,
}
