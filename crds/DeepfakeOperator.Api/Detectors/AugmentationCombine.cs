using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How variants become one score.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AugmentationCombine>))]
public enum AugmentationCombine
{
    /// <summary>Mean.</summary>
    Mean,

    /// <summary>Highest.</summary>
    Max,
}
