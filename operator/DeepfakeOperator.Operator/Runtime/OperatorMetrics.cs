using Prometheus;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>All metrics of the operator. Only the gauges of live jobs carry a job's name; their series go with the job.</summary>
internal static class OperatorMetrics
{
    private static readonly string[] Job = ["namespace", "scanjob"];

    public static Counter Reconciles { get; } =
        Metrics.CreateCounter("deepfake_operator_reconcile_total", "Reconciles, failed ones included.", "controller");

    public static Counter ReconcileErrors { get; } =
        Metrics.CreateCounter("deepfake_operator_reconcile_errors_total", "Reconciles that ended in an error.", "controller");

    public static Histogram ReconcileSeconds { get; } = Metrics.CreateHistogram(
        "deepfake_operator_reconcile_seconds",
        "Duration of a reconcile.",
        ["controller"],
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 4, 8) });

    public static Gauge QueueDepth { get; } =
        Metrics.CreateGauge("deepfake_operator_workqueue_depth", "Keys waiting for a reconcile.", "controller");

    public static Counter WatchFailures { get; } =
        Metrics.CreateCounter("deepfake_operator_watch_failures_total", "Watches that ended in an error.", "kind");

    public static Counter StatusWrites { get; } =
        Metrics.CreateCounter("deepfake_operator_status_writes_total", "Status writes.", "controller");

    public static Gauge Leader { get; } = Metrics.CreateGauge("deepfake_operator_leader", "1 while this process reconciles.");

    public static Gauge Items { get; } =
        Metrics.CreateGauge("deepfake_operator_scanjob_items", "Items of a live ScanJob by outcome.", [.. Job, "outcome"]);

    public static Gauge Lag { get; } = Metrics.CreateGauge("deepfake_operator_scanjob_lag", "Offsets of a live ScanJob not yet processed.", Job);

    public static Gauge Rate { get; } =
        Metrics.CreateGauge("deepfake_operator_scanjob_items_per_second", "Items per second of a live ScanJob over the last minute.", Job);

    public static Gauge Workers { get; } =
        Metrics.CreateGauge("deepfake_operator_scanjob_workers", "Workers of a live ScanJob by state.", [.. Job, "state"]);
}
