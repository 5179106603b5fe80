namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The result topics; made with the broker's defaults where they are missing.</summary>
public sealed record KafkaResultsSpec
{
    /// <summary>One verdict for each item that could be judged.</summary>
    public string Topic { get; init; } = "";

    /// <summary>The original record of each item that could not; default: the topic plus <c>-dlq</c>.</summary>
    public string? DeadLetterTopic { get; init; }
}
