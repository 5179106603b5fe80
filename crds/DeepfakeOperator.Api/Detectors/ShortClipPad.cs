using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a clip is filled that runs out of frames.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShortClipPad>))]
public enum ShortClipPad
{
    /// <summary>Black.</summary>
    Zero,

    /// <summary>The last frame again.</summary>
    Repeat,

    /// <summary>Backwards again.</summary>
    Mirror,
}
