namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The end of a batch.</summary>
public sealed record EndSpec
{
    /// <summary>The last stable offset at planning, or a time.</summary>
    public EndAt At { get; init; } = EndAt.Now;

    /// <summary>RFC 3339; with <see cref="EndAt.Timestamp"/> only.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}
