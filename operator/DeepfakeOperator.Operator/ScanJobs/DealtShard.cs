namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A shard and the partition of the shards topic that it goes to.</summary>
internal readonly record struct DealtShard(int Index, int Partition);
