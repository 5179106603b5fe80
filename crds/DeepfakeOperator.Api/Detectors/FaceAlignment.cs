using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a face is turned upright.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaceAlignment>))]
public enum FaceAlignment
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The similarity that best maps five landmarks to a template.</summary>
    Similarity5,

    /// <summary>Rotated so that the eyes are level.</summary>
    EyeMouthRotate,
}
