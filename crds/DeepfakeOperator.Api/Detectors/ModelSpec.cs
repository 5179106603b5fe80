namespace DeepfakeOperator.Api.Detectors;

/// <summary>An ONNX file.</summary>
public sealed record ModelSpec
{
    /// <summary><c>bundled:</c> (comes with the worker), <c>file:</c>, <c>https:</c> or <c>s3:</c>.</summary>
    public string Uri { get; init; } = "";

    /// <summary>sha256 of the file, 64 hex digits; a file that differs is not loaded.</summary>
    public string Sha256 { get; init; } = "";
}
