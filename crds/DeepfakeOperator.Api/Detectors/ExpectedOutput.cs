namespace DeepfakeOperator.Api.Detectors;

/// <summary>Expected values of one output tensor.</summary>
public sealed record ExpectedOutput
{
    /// <summary>Name of the output.</summary>
    public string Output { get; init; } = "";

    /// <summary>Its first values, in row order.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];
}
