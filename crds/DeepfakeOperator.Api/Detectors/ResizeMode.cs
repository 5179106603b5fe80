using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How an image is brought to size.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResizeMode>))]
public enum ResizeMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>To width × height, whatever the aspect.</summary>
    Stretch,

    /// <summary>Short side to ResizeTo, aspect kept.</summary>
    ShortSide,

    /// <summary>Long side to ResizeTo, aspect kept.</summary>
    LongSide,

    /// <summary>Long side to the input's, the rest padded around the centre.</summary>
    IsotropicPad,
}
