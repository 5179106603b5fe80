using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// The objects of one kind as a watch last saw them. Written by one <see cref="ListWatcher{T}"/>, read by anybody: a reader sees an immutable snapshot, and must not
/// change the objects in it.
/// </summary>
internal sealed class Store<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot _snapshot = Snapshot.Empty;

    /// <summary>An object came, changed (the new one is given) or went (the old one is given). Called on the watcher's thread: enqueue a key and return.</summary>
    public event Action<T>? Changed;

    /// <summary>Done once the first list is in.</summary>
    public Task Synced => _synced.Task;

    public IEnumerable<T> All => _snapshot.Objects.Values.Select(entry => entry.Object);

    public int Count => _snapshot.Objects.Count;

    public T? Get(ObjectKey key) => _snapshot.Objects.GetValueOrDefault(key)?.Object;

    /// <summary>Why the object's spec could not be read; then only its metadata and status are there.</summary>
    public string? ErrorOf(ObjectKey key) => _snapshot.Objects.GetValueOrDefault(key)?.Error;

    /// <summary>What names this uid among its owners.</summary>
    public IReadOnlyList<T> OwnedBy(string uid)
    {
        var snapshot = _snapshot;
        return snapshot.ByOwner.TryGetValue(uid, out var keys) ? [.. keys.Select(key => snapshot.Objects[key].Object)] : [];
    }

    /// <summary>Takes a full list: what is not in it any more was deleted while nobody watched.</summary>
    public void Replace(IEnumerable<Decoded<T>> listed)
    {
        var before = _snapshot;
        var after = listed.Aggregate(Snapshot.Empty, (snapshot, entry) => snapshot.With(entry));
        _snapshot = after;
        _synced.TrySetResult();
        foreach (var (key, entry) in before.Objects)
        {
            if (!after.Objects.ContainsKey(key)) Changed?.Invoke(entry.Object);
        }
        foreach (var (key, entry) in after.Objects)
        {
            if (before.Objects.GetValueOrDefault(key)?.Object.Metadata.ResourceVersion != entry.Object.Metadata.ResourceVersion) Changed?.Invoke(entry.Object);
        }
    }

    public void Put(Decoded<T> entry)
    {
        _snapshot = _snapshot.With(entry);
        Changed?.Invoke(entry.Object);
    }

    public void Remove(Decoded<T> entry)
    {
        _snapshot = _snapshot.Without(ObjectKey.Of(entry.Object));
        Changed?.Invoke(entry.Object);
    }

    private sealed record Snapshot(
        ImmutableDictionary<ObjectKey, Decoded<T>> Objects, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> ByOwner)
    {
        public static Snapshot Empty { get; } =
            new(ImmutableDictionary<ObjectKey, Decoded<T>>.Empty, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>.Empty);

        public Snapshot With(Decoded<T> entry)
        {
            var key = ObjectKey.Of(entry.Object);
            var cleared = Without(key);
            var owners = OwnersOf(entry).Aggregate(
                cleared.ByOwner, (index, uid) => index.SetItem(uid, index.GetValueOrDefault(uid, ImmutableHashSet<ObjectKey>.Empty).Add(key)));
            return new Snapshot(cleared.Objects.SetItem(key, entry), owners);
        }

        public Snapshot Without(ObjectKey key)
        {
            if (!Objects.TryGetValue(key, out var old)) return this;
            var owners = ByOwner;
            foreach (var uid in OwnersOf(old))
            {
                var rest = owners[uid].Remove(key);
                owners = rest.IsEmpty ? owners.Remove(uid) : owners.SetItem(uid, rest);
            }
            return new Snapshot(Objects.Remove(key), owners);
        }

        private static IEnumerable<string> OwnersOf(Decoded<T> entry) => (entry.Object.Metadata.OwnerReferences ?? []).Select(owner => owner.Uid).Distinct();
    }
}
