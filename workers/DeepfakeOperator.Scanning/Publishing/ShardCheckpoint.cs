using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>What one transaction says of one shard: these items' outcomes, and the progress record that covers exactly them.</summary>
/// <param name="Work">The shard.</param>
/// <param name="Items">The items, contiguous, all with an outcome.</param>
/// <param name="Progress">The shard's state once they are published.</param>
internal sealed record ShardCheckpoint(ShardWork Work, IReadOnlyList<FedItem> Items, ProgressRecord Progress);
