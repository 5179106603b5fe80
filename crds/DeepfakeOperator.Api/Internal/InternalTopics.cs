namespace DeepfakeOperator.Api.Internal;

/// <summary>
/// Names of what a ScanJob owns in Kafka. The uid's first eight characters keep a deleted and re-made job of the same name apart.
/// </summary>
public sealed record InternalTopics
{
    /// <summary>Names for one ScanJob.</summary>
    public InternalTopics(string scanJobNamespace, string scanJobName, string uid)
    {
        Uid8 = uid.Length <= 8 ? uid : uid[..8];
        Base = $"deepfake.{scanJobNamespace}.{scanJobName}.{Uid8}";
    }

    /// <summary>First eight characters of the ScanJob's uid.</summary>
    public string Uid8 { get; }

    /// <summary>Common prefix, also the workers' consumer group.</summary>
    public string Base { get; }

    /// <summary>One record per dealt shard (<see cref="ShardRecord"/>).</summary>
    public string Shards => Base + ".shards";

    /// <summary>Compacted; the plan and each shard's latest <see cref="ProgressRecord"/>, on the shard's own partition number.</summary>
    public string Progress => Base + ".progress";

    /// <summary>The workers' consumer group.</summary>
    public string Group => Base;

    /// <summary>Transactional id of the operator's dealer.</summary>
    public string DealerTransactionalId => Uid8 + "-dealer";

    /// <summary>Transactional id of a worker slot.</summary>
    public string WorkerTransactionalId(int slot) => $"{Uid8}-w-{slot}";
}
