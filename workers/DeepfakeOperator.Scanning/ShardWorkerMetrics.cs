using Prometheus;

namespace DeepfakeOperator.Scanning;

/// <summary>What the worker exports of its shards and transactions. No job or item is a label.</summary>
internal static class ShardWorkerMetrics
{
    private static readonly Histogram TransactionSeconds = Metrics.CreateHistogram(
        "deepfake_worker_transaction_seconds", "Seconds a transaction took, by how it ended: committed, or aborted and tried again.",
        new HistogramConfiguration { LabelNames = ["outcome"], Buckets = Histogram.ExponentialBuckets(0.002, 2, 14) });

    private static readonly Counter Published = Metrics.CreateCounter("deepfake_worker_items_published_total", "Items whose outcome is committed.");

    private static readonly Counter Shards = Metrics.CreateCounter("deepfake_worker_shards_total", "Shards finished here.");

    private static readonly Gauge Held = Metrics.CreateGauge("deepfake_worker_partitions", "Partitions of the shards topic that this worker holds.");

    private static readonly Gauge InFlight = Metrics.CreateGauge("deepfake_worker_items_in_flight", "Items that were read and are not yet published.");

    internal static void Transaction(TimeSpan elapsed, bool committed) =>
        TransactionSeconds.WithLabels(committed ? "committed" : "aborted").Observe(elapsed.TotalSeconds);

    internal static void ItemsPublished(int items, int shards)
    {
        Published.Inc(items);
        Shards.Inc(shards);
        InFlight.Dec(items);
    }

    internal static void ItemFed() => InFlight.Inc();

    internal static void ItemsAbandoned(int items) => InFlight.Dec(items);

    internal static void Partitions(int held) => Held.Set(held);
}
