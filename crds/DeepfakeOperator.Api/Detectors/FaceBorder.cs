using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What happens where a crop leaves the image.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaceBorder>))]
public enum FaceBorder
{
    /// <summary>The crop is cut smaller.</summary>
    Clip,

    /// <summary>Mirrored pixels.</summary>
    Reflect,

    /// <summary>Black.</summary>
    Zero,
}
