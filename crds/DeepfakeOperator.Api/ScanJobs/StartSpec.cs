namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The first item of a scan.</summary>
public sealed record StartSpec
{
    /// <summary>Which end of the topic, or a time.</summary>
    public StartFrom From { get; init; } = StartFrom.Earliest;

    /// <summary>RFC 3339; with <see cref="StartFrom.Timestamp"/> only.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}
