namespace DeepfakeOperator.Api.Detectors;

/// <summary>Constants of the DFDC winner's confident strategy (selimsef/dfdc_deepfake_challenge, kernel_utils.py).</summary>
public sealed record ConfidentSpec
{
    /// <summary>Scores above count as fake.</summary>
    public double FakeThreshold { get; init; } = 0.8;

    /// <summary>Share of fake units needed.</summary>
    public double FakeFraction { get; init; } = 0.4;

    /// <summary>Fake units needed, more than.</summary>
    public int MinFakes { get; init; } = 11;

    /// <summary>Scores below count as real.</summary>
    public double RealThreshold { get; init; } = 0.2;

    /// <summary>Share of real units needed.</summary>
    public double RealFraction { get; init; } = 0.9;
}
