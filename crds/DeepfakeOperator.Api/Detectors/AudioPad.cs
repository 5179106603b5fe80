using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a shorter recording is filled.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AudioPad>))]
public enum AudioPad
{
    /// <summary>Repeated as a whole, then cut.</summary>
    Tile,

    /// <summary>Silence after it.</summary>
    ZeroRight,

    /// <summary>Silence on both sides.</summary>
    ZeroCentre,

    /// <summary>Each sample repeated.</summary>
    RepeatElement,
}
