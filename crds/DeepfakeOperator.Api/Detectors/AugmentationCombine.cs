using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How the scores of variants, or of face tracks, become one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AugmentationCombine>))]
public enum AugmentationCombine
{
    /// <summary>Mean.</summary>
    Mean,

    /// <summary>Highest.</summary>
    Max,
}
