using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What one unit of a model's input is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Modality>))]
public enum Modality
{
    /// <summary>A whole still or frame.</summary>
    Image,

    /// <summary>One face of a still or frame.</summary>
    Face,

    /// <summary>Consecutive frames.</summary>
    Clip,

    /// <summary>One face over consecutive frames.</summary>
    FaceClip,

    /// <summary>A stretch of sound.</summary>
    Audio,

    /// <summary>Frames and the sound that goes with them.</summary>
    AudioVisual,

    /// <summary>Whatever a served model is asked about.</summary>
    Remote,
}
