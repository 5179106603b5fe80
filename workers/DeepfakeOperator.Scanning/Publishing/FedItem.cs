using Confluent.Kafka;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>An item between its reading and its publication. Its outcome arrives on a thread of the pipeline and is published by another.</summary>
/// <param name="record">The source record; null where the offsets are gone.</param>
/// <param name="offset">Its offset.</param>
/// <param name="next">The offset after it.</param>
internal sealed class FedItem(ConsumeResult<byte[], byte[]>? record, long offset, long next)
{
    private ItemOutcome? _outcome;
    private int _released;

    /// <summary>The source record, as long as it may become a dead letter.</summary>
    internal ConsumeResult<byte[], byte[]>? Record { get; private set; } = record;

    internal long Offset { get; } = offset;

    internal long Next { get; } = next;

    /// <summary>Bytes held for it, which count against the worker's budget.</summary>
    internal long Cost { get; init; }

    /// <summary>Null while it is in flight.</summary>
    internal ItemOutcome? Outcome => Volatile.Read(ref _outcome);

    /// <summary>True: the broker refused what it is published as for its size, so the next attempt leaves out what can be spared.</summary>
    internal bool MustShrink { get; set; }

    internal void Complete(ItemOutcome outcome)
    {
        if (outcome.Verdict is not null) Record = null;
        Volatile.Write(ref _outcome, outcome);
    }

    /// <summary>What it held in memory, once; 0 afterwards.</summary>
    internal long Release() => Interlocked.Exchange(ref _released, 1) == 0 ? Cost : 0;
}
