namespace DeepfakeOperator.Api.Detectors;

/// <summary>Terms of the weights.</summary>
public sealed record LicenceSpec
{
    /// <summary>SPDX identifier, or LicenseRef-….</summary>
    public string Spdx { get; init; } = "";

    /// <summary>True where commercial use is allowed.</summary>
    public bool Commercial { get; init; }
}
