namespace DeepfakeOperator.Api.Detectors;

/// <summary>The output tensors of a face detector at one stride.</summary>
public sealed record BoxLevelSpec
{
    /// <summary>Grid only: pixels of the input from cell to cell.</summary>
    public int Stride { get; init; }

    /// <summary>Name of the output with the scores.</summary>
    public string Score { get; init; } = "";

    /// <summary>Name of the output whose root of the product with the score counts; null: the score alone.</summary>
    public string? Objectness { get; init; }

    /// <summary>Name of the output with the boxes.</summary>
    public string Box { get; init; } = "";

    /// <summary>Name of the output with five landmarks (eyes, nose, corners of the mouth); null: there are none.</summary>
    public string? Landmarks { get; init; }
}
