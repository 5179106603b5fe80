namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// A stream's work in workers (1 is all that one can do) and worker-seconds. A partition is read by one worker, and the group gives each as many partitions as the
/// others, whatever is in them: so 9 workers on 48 partitions do no more than 8, and a hot partition slows down its neighbours.
/// </summary>
internal sealed class StreamLoad
{
    /// <summary>A partition that fills a worker alone would ask for a worker for each partition; it gets so many times what the sum asks for.</summary>
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
        OldestAge = partitions.Max(partition => partition.Arrivals > 0 ? partition.Lag / partition.Arrivals : 0);
    }

    /// <summary>Workers that what arrives would fill.</summary>
    public double Arrivals { get; }

    /// <summary>Worker-seconds that wait.</summary>
    public double Backlog { get; }

    /// <summary>Seconds in which the lag of the worst partition came.</summary>
    public double OldestAge { get; }

    /// <summary>How much of a worker the busiest of so many is asked for.</summary>
    public double BusiestOf(int workers)
    {
        var held = (_partitions.Count + workers - 1) / workers;
        return held <= 1 ? _largest : _largest + (held - 1) * (Arrivals - _largest) / (_partitions.Count - 1);
    }

    /// <summary>The fewest of whom none gets more than it can do.</summary>
    public int WorkersToKeepUp()
    {
        var workers = Math.Max(1, Ceiling(Arrivals));
        for (var most = Math.Min(_partitions.Count, workers * MostForSkew); workers < most && BusiestOf(workers) > 1;) workers++;
        return workers;
    }

    /// <summary>The fewest that do what waits, and what will be added to it, within the wait.</summary>
    public int WorkersFor(double wait, double growth) => Ceiling(_partitions.Sum(partition =>
        Math.Min(1, (partition.Lag / _rate + (Arrivals > 0 ? growth * Math.Min(1, partition.Arrivals / _rate) / Arrivals : 0)) / wait)));

    /// <summary>The fewest that keep up and work the backlog off in the time.</summary>
    public int WorkersToDrain(double time) => Ceiling(_partitions.Sum(partition => Math.Min(1, partition.Arrivals / _rate + partition.Lag / _rate / time)));

    private static int Ceiling(double load) => (int)Math.Ceiling(load - 1e-6);
}
