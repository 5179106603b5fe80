namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>What a shards partition still has to do.</summary>
/// <param name="Shards">Shards dealt to it and not done.</param>
/// <param name="Items">Offsets left in them.</param>
/// <param name="Rate">Offsets per second over the last minute; 0 when nothing moved.</param>
internal readonly record struct PartitionLoad(int Shards, long Items, double Rate);
