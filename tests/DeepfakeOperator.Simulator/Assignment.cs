namespace DeepfakeOperator.Simulator;

/// <summary>
/// A consumer group: partitions over workers, evenly by number, moving no more than it must. A partition that moves rests while the group agrees.
/// </summary>
internal sealed class Assignment(int partitions)
{
    private const double Rest = 3;

    private readonly Pod?[] _owners = new Pod?[partitions];
    private readonly double[] _restsUntil = new double[partitions];
    private IReadOnlyList<Pod> _members = [];

    /// <summary>Who reads the partition now.</summary>
    public Pod? OwnerOf(int partition, double now) => now >= _restsUntil[partition] ? _owners[partition] : null;

    public void Update(IReadOnlyList<Pod> members, double now)
    {
        if (members.SequenceEqual(_members)) return;
        _members = members;
        var held = members.ToDictionary(member => member, _ => 0);
        var (each, extra) = members.Count == 0 ? (0, 0) : Math.DivRem(partitions, members.Count);
        var free = new Queue<int>();
        for (var partition = 0; partition < partitions; partition++)
        {
            if (_owners[partition] is { } owner && held.TryGetValue(owner, out var count) && (count < each || (count == each && extra > 0)))
            {
                if (count == each) extra--;
                held[owner]++;
            }
            else
            {
                _owners[partition] = null;
                free.Enqueue(partition);
            }
        }
        while (members.Count > 0 && free.TryDequeue(out var partition))
        {
            var poorest = members.MinBy(member => held[member])!;
            held[poorest]++;
            _owners[partition] = poorest;
            _restsUntil[partition] = now + Rest;
        }
    }
}
