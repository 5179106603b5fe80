namespace DeepfakeOperator.Api.Internal;

/// <summary>What a worker that checked a detector leaves in its termination message (at most 4096 bytes as JSON).</summary>
public sealed record DetectorCheck
{
    /// <summary>True: model loaded, sha256 matched, conformance outputs reproduced.</summary>
    public required bool Passed { get; init; }

    /// <summary>One CamelCase word for a condition's reason, such as <c>ChecksumMismatch</c> or <c>OutputsDiffer</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>What was found and what to do about it.</summary>
    public required string Message { get; init; }

    /// <summary>Provider the model ran on.</summary>
    public string? Provider { get; init; }

    /// <summary>Largest difference from the expected outputs.</summary>
    public double? WorstDelta { get; init; }
}
