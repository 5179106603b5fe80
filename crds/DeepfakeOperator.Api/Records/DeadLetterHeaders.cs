namespace DeepfakeOperator.Api.Records;

/// <summary>Headers that are added to the original record when it becomes a dead letter; its own headers, key and value stay.</summary>
public static class DeadLetterHeaders
{
    /// <summary>An <see cref="Records.ErrorClass"/>.</summary>
    public const string ErrorClass = "deepfake-error-class";

    /// <summary>The stage: feed, fetch, decode, infer.</summary>
    public const string Stage = "deepfake-stage";

    /// <summary>What happened, in words.</summary>
    public const string Message = "deepfake-message";

    /// <summary>How often it was tried.</summary>
    public const string Attempts = "deepfake-attempts";

    /// <summary>Original topic.</summary>
    public const string Topic = "deepfake-source-topic";

    /// <summary>Original partition.</summary>
    public const string Partition = "deepfake-source-partition";

    /// <summary>Original offset; of <see cref="Records.ErrorClass.SourceExpired"/> the range's first.</summary>
    public const string Offset = "deepfake-source-offset";

    /// <summary>Original timestamp, Unix milliseconds.</summary>
    public const string Timestamp = "deepfake-source-timestamp";

    /// <summary><c>namespace/name</c> of the ScanJob.</summary>
    public const string ScanJob = "deepfake-scanjob";
}
