using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What is followed through time.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VideoUnit>))]
public enum VideoUnit
{
    /// <summary>The whole frame.</summary>
    Frame,

    /// <summary>One face.</summary>
    FaceTrack,
}
