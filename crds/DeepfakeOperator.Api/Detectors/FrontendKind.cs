using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>The features a model takes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrontendKind>))]
public enum FrontendKind
{
    /// <summary>Samples.</summary>
    Raw,

    /// <summary>Short-time Fourier transform.</summary>
    Stft,

    /// <summary>Mel spectrogram.</summary>
    Mel,

    /// <summary>Linear-frequency cepstral coefficients.</summary>
    Lfcc,
}
