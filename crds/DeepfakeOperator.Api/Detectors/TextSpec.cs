namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a text becomes a label.</summary>
public sealed record TextSpec
{
    /// <summary>Regular expression of answers that mean fake.</summary>
    public string FakePattern { get; init; } = "";

    /// <summary>Regular expression of answers that mean real. No match, or both: Inconclusive.</summary>
    public string RealPattern { get; init; } = "";
}
