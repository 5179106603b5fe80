using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How pixels between pixels are made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Interpolation>))]
public enum Interpolation
{
    /// <summary>The nearest one.</summary>
    Nearest,

    /// <summary>Linear in both directions.</summary>
    Bilinear,

    /// <summary>Cubic, a = -0.5 with antialias (Pillow), -0.75 without (OpenCV).</summary>
    Bicubic,

    /// <summary>Mean of the covered area.</summary>
    Area,

    /// <summary>Bilinear by ffmpeg's own scaler, before the colours are converted, for models whose pipeline is ffmpeg.</summary>
    FfmpegBilinear,
}
