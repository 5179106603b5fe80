using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Scanning.Publishing;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>A partition of the shards topic while this worker holds it. Guarded by the worker's gate, except <see cref="IsLost"/>.</summary>
/// <param name="partition">Its number.</param>
internal sealed class HeldPartition(int partition)
{
    private readonly List<ShardWork> _open = [];
    private volatile bool _lost;
    private long _next = -1;

    internal int Partition => partition;

    /// <summary>True: it belongs to another worker now, and nothing of it may be published here.</summary>
    internal bool IsLost => _lost;

    /// <summary>Each shard's latest checkpoint as earlier holders left it; null until it was read.</summary>
    internal IReadOnlyDictionary<int, ProgressRecord>? Restored { get; set; }

    /// <summary>Shards that are not done, in the order of their records.</summary>
    internal IReadOnlyList<ShardWork> Open => _open;

    internal void Add(ShardWork work)
    {
        _open.Add(work);
        _next = work.RecordOffset + 1;
    }

    /// <summary>The first shard that nobody has begun.</summary>
    internal ShardWork? Next() => _open.Find(work => !work.Begun);

    /// <summary>Where a next holder has to go on: the first shard that is not done. Null: nothing was read yet.</summary>
    /// <param name="after">Checkpoints about to be committed.</param>
    internal long? CommitOffset(IReadOnlyCollection<ShardCheckpoint> after)
    {
        if (_next < 0) return null;
        var first = _open.Find(work => !work.Done && !after.Any(checkpoint => checkpoint.Work == work && checkpoint.Progress.Done));
        return first?.RecordOffset ?? _next;
    }

    internal void ForgetDone() => _open.RemoveAll(work => work.Done);

    internal void Lose() => _lost = true;
}
