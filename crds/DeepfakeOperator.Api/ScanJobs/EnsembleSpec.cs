using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How several detectors' calibrated scores become one.</summary>
public sealed record EnsembleSpec
{
    /// <summary>The rule.</summary>
    public EnsembleMethod Method { get; init; } = EnsembleMethod.WeightedMean;

    /// <summary>Logistic only: added to the weighted sum of the scores before the sigmoid.</summary>
    public double Intercept { get; init; }

    /// <summary>Logistic and Stacking only: the score of a detector that does not apply; null: left out.</summary>
    public double? MissingScore { get; init; }

    /// <summary>Vote only: so many votes make the score 1; null: the share by weight counts.</summary>
    public int? MinVotes { get; init; }

    /// <summary>TwoTier only: the families of detectors.</summary>
    public IReadOnlyList<DetectorFamily> Families { get; init; } = [];

    /// <summary>Stacking only: the model, fed with the calibrated scores in the order of <c>spec.detectors</c>.</summary>
    public ModelSpec? Model { get; init; }
}
