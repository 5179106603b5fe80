namespace DeepfakeOperator.Api.Internal;

/// <summary>
/// The frozen plan: the value of the record <see cref="Key"/> on partition 0 of the progress topic. The shards follow from it by a pure function, so only the
/// ranges are kept.
/// </summary>
public sealed record PlanRecord
{
    /// <summary>Its key in the progress topic.</summary>
    public const string Key = "plan";

    /// <summary>Frozen ranges, in order of topic and partition.</summary>
    public required IReadOnlyList<PlannedRange> Ranges { get; init; }

    /// <summary><c>spec.shard.items</c> when the plan was made.</summary>
    public required int ShardItems { get; init; }

    /// <summary>When the offsets were frozen.</summary>
    public required DateTimeOffset At { get; init; }
}
