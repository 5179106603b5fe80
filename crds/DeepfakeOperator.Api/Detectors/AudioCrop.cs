using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Which part of a longer recording is used.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AudioCrop>))]
public enum AudioCrop
{
    /// <summary>The first.</summary>
    Start,

    /// <summary>The middle.</summary>
    Centre,

    /// <summary>From three quarters of the slack (SONICS).</summary>
    ThreeQuarter,

    /// <summary>All of it, in units that overlap by samples - hop.</summary>
    Slide,
}
