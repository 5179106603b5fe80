namespace DeepfakeOperator.Api.Detectors;

/// <summary>How the outputs of a face detector become boxes.</summary>
public sealed record BoxesSpec
{
    /// <summary>What the values of a box are.</summary>
    public BoxFormat Format { get; init; } = BoxFormat.Grid;

    /// <summary>The output tensors: one set for each stride with Grid, one set with Corners.</summary>
    public IReadOnlyList<BoxLevelSpec> Levels { get; init; } = [];

    /// <summary>Which value of a score output means face.</summary>
    public int ScoreIndex { get; init; }

    /// <summary>Corners only: true where 1 is the width or the height of the input, false for pixels.</summary>
    public bool Relative { get; init; } = true;

    /// <summary>Of two boxes that overlap more than this (intersection over union) only the better one is kept.</summary>
    public double Overlap { get; init; } = 0.3;
}
