using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>What a worker may fetch; what is not named is refused.</summary>
public sealed record MediaSpec
{
    /// <summary>URI schemes that items may use.</summary>
    public IReadOnlyList<MediaScheme> AllowedSchemes { get; init; } = [MediaScheme.File];

    /// <summary>
    /// Hosts for https and http, buckets for s3: exact names, or <c>*.suffix</c>. A host may be followed by <c>:port</c>; without it only the scheme's
    /// own port is allowed. Empty: no network fetch at all.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>True: hosts of <see cref="AllowedHosts"/> may resolve to private, loopback or link-local addresses.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Folders under which <c>file</c> URIs must lie; they come from volumes of the worker's pod template.</summary>
    public IReadOnlyList<string> AllowedPaths { get; init; } = [];

    /// <summary>Where <c>s3</c> addresses are served.</summary>
    public S3Spec S3 { get; init; } = new();

    /// <summary>
    /// Secret with the object store's credentials, keys <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c> and perhaps <c>AWS_SESSION_TOKEN</c>; null:
    /// requests are not signed, which public buckets allow.
    /// </summary>
    public LocalReference? CredentialsSecretRef { get; init; }

    /// <summary>Largest media object in bytes; a Kubernetes quantity in YAML. Default 512Mi.</summary>
    [JsonConverter(typeof(QuantityConverter))]
    public long MaxBytes { get; init; } = 512L << 20;

    /// <summary>Wall clock for one fetch; a duration such as <c>30s</c> in YAML.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
