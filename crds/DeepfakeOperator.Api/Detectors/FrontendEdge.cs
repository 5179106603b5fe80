using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What a window sees beyond the ends of a unit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrontendEdge>))]
public enum FrontendEdge
{
    /// <summary>Windows are centred on their hop; the samples mirrored.</summary>
    Reflect,

    /// <summary>Windows are centred on their hop; silence.</summary>
    Zero,

    /// <summary>Windows lie inside.</summary>
    None,
}
