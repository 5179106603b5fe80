namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>A Dapr publish-subscribe topic.</summary>
public sealed record DaprResultsSpec
{
    /// <summary>The pub/sub component.</summary>
    public string Pubsub { get; init; } = "";

    /// <summary>The topic.</summary>
    public string Topic { get; init; } = "";
}
