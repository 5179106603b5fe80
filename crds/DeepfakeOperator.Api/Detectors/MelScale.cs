using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Which of the two mel scales in use.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MelScale>))]
public enum MelScale
{
    /// <summary>HTK's formula, bands with peaks of 1: torchaudio's default.</summary>
    Htk,

    /// <summary>Slaney's, linear up to 1 kHz, bands of equal area: librosa's default.</summary>
    Slaney,
}
