namespace DeepfakeOperator.Api.Detectors;

/// <summary>What one output tensor means.</summary>
public sealed record OutputSpec
{
    /// <summary>Name in the graph.</summary>
    public string Name { get; init; } = "";

    /// <summary>How its values are read.</summary>
    public OutputKind Kind { get; init; } = OutputKind.SigmoidLogit;

    /// <summary>Which end means fake. Required for every kind that gives a score; there is no default.</summary>
    public PolaritySpec? Polarity { get; init; }

    /// <summary>Names of the classes, in order.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Mask only.</summary>
    public MaskSpec? Mask { get; init; }

    /// <summary>Attribution only.</summary>
    public AttributionSpec? Attribution { get; init; }

    /// <summary>Text only.</summary>
    public TextSpec? Text { get; init; }

    /// <summary>Weight among several scoring outputs.</summary>
    public double Weight { get; init; } = 1;
}
