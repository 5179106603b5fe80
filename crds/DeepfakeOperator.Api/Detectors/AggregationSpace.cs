using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What is aggregated.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AggregationSpace>))]
public enum AggregationSpace
{
    /// <summary>Probabilities.</summary>
    Prob,

    /// <summary>Logits; the sigmoid comes after.</summary>
    Logit,
}
