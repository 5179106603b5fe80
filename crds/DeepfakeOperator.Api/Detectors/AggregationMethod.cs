using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>A rule over units.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AggregationMethod>))]
public enum AggregationMethod
{
    /// <summary>Mean.</summary>
    Mean,

    /// <summary>Median.</summary>
    Median,

    /// <summary>Highest.</summary>
    Max,

    /// <summary>Mean of the k highest.</summary>
    TopK,

    /// <summary>1 − Π(1 − p).</summary>
    NoisyOr,

    /// <summary>Share of units at or above the threshold.</summary>
    VoteFraction,

    /// <summary>The DFDC winner's confident strategy.</summary>
    Confident,

    /// <summary>Highest mean over a run of units.</summary>
    Consecutive,
}
