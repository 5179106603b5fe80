namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The source topics and how to reach their cluster.</summary>
public sealed record KafkaSourceSpec
{
    /// <summary>Comma-separated host:port list.</summary>
    public string BootstrapServers { get; init; } = "";

    /// <summary>Topics with items.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Where reading starts.</summary>
    public StartSpec Start { get; init; } = new();

    /// <summary>Where a batch ends.</summary>
    public EndSpec End { get; init; } = new();

    /// <summary>
    /// Secret of the ScanJob's namespace with any of <c>security.protocol</c>, <c>sasl.mechanism</c>, <c>sasl.username</c>,
    /// <c>sasl.password</c>, <c>ca.crt</c>, <c>tls.crt</c>, <c>tls.key</c>.
    /// </summary>
    public LocalReference? AuthSecretRef { get; init; }

    /// <summary>Further librdkafka settings; those that would break the operator's own guarantees are refused.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
