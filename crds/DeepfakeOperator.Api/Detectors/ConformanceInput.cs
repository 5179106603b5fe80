namespace DeepfakeOperator.Api.Detectors;

/// <summary>Media of known bytes.</summary>
public sealed record ConformanceInput
{
    /// <summary><c>bundled:</c>, <c>file:</c>, <c>https:</c> or <c>s3:</c>.</summary>
    public string Uri { get; init; } = "";

    /// <summary>sha256 of the bytes, 64 hex digits.</summary>
    public string Sha256 { get; init; } = "";
}
