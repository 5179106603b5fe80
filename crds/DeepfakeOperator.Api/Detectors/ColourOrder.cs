using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Order of an image's channels.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColourOrder>))]
public enum ColourOrder
{
    /// <summary>Red first.</summary>
    RGB,

    /// <summary>Blue first, as OpenCV reads.</summary>
    BGR,

    /// <summary>One channel, ITU-R BT.601 luma.</summary>
    Gray,
}
