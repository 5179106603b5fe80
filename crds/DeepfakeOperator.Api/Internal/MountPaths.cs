namespace DeepfakeOperator.Api.Internal;

/// <summary>Where the operator mounts things into worker pods.</summary>
public static class MountPaths
{
    /// <summary>ConfigMap with <see cref="ScanConfiguration"/>, or for a check <c>detector.json</c>.</summary>
    public const string Configuration = "/etc/deepfake/scan";

    /// <summary>Secret of <c>source.kafka.authSecretRef</c>, one file per key.</summary>
    public const string KafkaSecret = "/etc/deepfake/kafka";

    /// <summary>Secret of <c>source.media.credentialsSecretRef</c>.</summary>
    public const string MediaSecret = "/etc/deepfake/media";

    /// <summary>Secrets that detectors name, such as <c>remote.apiKeySecretRef</c>: one folder each.</summary>
    public const string DetectorSecrets = "/etc/deepfake/detectors";

    /// <summary>Scratch space for fetched media.</summary>
    public const string Scratch = "/var/run/deepfake";

    /// <summary>Termination message.</summary>
    public const string TerminationMessage = "/dev/termination-log";
}
