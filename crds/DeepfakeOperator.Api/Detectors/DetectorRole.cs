using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What a model is used for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DetectorRole>))]
public enum DetectorRole
{
    /// <summary>It scores media.</summary>
    Detector,

    /// <summary>It finds faces for other detectors.</summary>
    FaceDetector,

    /// <summary>It finds speech for other detectors.</summary>
    VoiceActivity,
}
