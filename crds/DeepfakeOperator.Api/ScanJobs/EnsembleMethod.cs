using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>An ensemble rule over scores p in 0..1 with weights w.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EnsembleMethod>))]
public enum EnsembleMethod
{
    /// <summary>Σwp ÷ Σw.</summary>
    WeightedMean,

    /// <summary>The highest score.</summary>
    Max,

    /// <summary>1 − Π(1 − p).</summary>
    NoisyOr,

    /// <summary>sigmoid(intercept + Σwp).</summary>
    Logistic,

    /// <summary>The share, by weight, of detectors whose score reaches <c>verdict.fakeAtOrAbove</c>; or how many do, of <c>minVotes</c>.</summary>
    Vote,

    /// <summary>Σwp ÷ Σw within each family, then Σsp over the families with s the softmax of their weights.</summary>
    TwoTier,

    /// <summary>What a small model makes of the scores.</summary>
    Stacking,
}
