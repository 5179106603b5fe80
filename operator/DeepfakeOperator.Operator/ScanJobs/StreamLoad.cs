namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// A stream's work in workers (1 is all that one can do) and worker-seconds. A partition is read by one worker, and the group gives each as many
/// partitions as the
/// others, whatever is in them: so 9 workers on 48 partitions do no more than 8, and a hot partition slows down its neighbours.
/// </summary>
internal sealed class StreamLoad
{
    /// <summary>
    /// A partition that fills a worker alone would ask for a worker for each partition; it gets so many times what the sum asks for.
    /// </summary>
    private const int MostForSkew = 3;

    private readonly IReadOnlyList<PartitionDemand> _partitions;
    private readonly double _rate;
    private readonly double _largest;

    public StreamLoad(IReadOnlyList<PartitionDemand> partitions, double rate)
    {
        (_partitions, _rate) = (partitions, rate);
        Arrivals = partitions.Sum(partition => Math.Min(1, partition.Arrivals / rate));
        Backlog = partitions.Sum(partition => partition.Lag / rate);
        _largest = partitions.Max(partition => Math.Min(1, partition.Arrivals / rate));
        OldestAge = partitions.Max(partition => partition.Lag == 0 ? 0 : partition.Lag / partition.Arrivals);
    }

    /// <summary>Workers that what arrives would fill.</summary>
    public double Arrivals { get; }

    /// <summary>Worker-seconds that wait.</summary>
    public double Backlog { get; }

    /// <summary>Seconds in which the lag of the worst partition came; without end, where nothing comes any more.</summary>
    public double OldestAge { get; }

    /// <summary>How much of a worker the busiest of so many is asked for.</summary>
    public double BusiestOf(int workers)
    {
        var held = (_partitions.Count + workers - 1) / workers;
        return held <= 1 ? _largest : _largest + (held - 1) * (Arrivals - _largest) / (_partitions.Count - 1);
    }

    /// <summary>The fewest of whom none gets more than it can do, and so much too much.</summary>
    public int WorkersToKeepUp(double slack)
    {
        var workers = Math.Max(1, Ceiling(Arrivals));
        for (var most = Math.Min(_partitions.Count, workers * MostForSkew); workers < most && BusiestOf(workers) > 1 + slack;) workers++;
        return workers;
    }

    /// <summary>The fewest that do what waits within the wait.</summary>
    public int WorkersFor(double wait) => Ceiling(_partitions.Sum(partition => Math.Min(1, partition.Lag / _rate / wait)));

    /// <summary>The most that have something to do: one for each partition with a backlog, and those that the rest fills.</summary>
    public int WorkersWithWork(double inFlight) =>
        Ceiling(_partitions.Sum(partition => partition.Lag / _rate > inFlight ? 1 : Math.Min(1, partition.Arrivals / _rate)));

    private static int Ceiling(double load) => (int)Math.Ceiling(load - 1e-6);
}
