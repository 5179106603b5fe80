using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Which faces of a frame are used.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaceSelection>))]
public enum FaceSelection
{
    /// <summary>The one with the largest box.</summary>
    Largest,

    /// <summary>The one with the highest score.</summary>
    Best,

    /// <summary>Up to MaxFaces, largest first.</summary>
    All,
}
