namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Where <c>s3</c> addresses are served.</summary>
public sealed record S3Spec
{
    /// <summary>Address of a server that speaks S3, such as <c>https://minio.storage:9000</c>; null: Amazon's for the region.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>True: the bucket is the first part of the path; false: of the host name.</summary>
    public bool PathStyle { get; init; }
}
