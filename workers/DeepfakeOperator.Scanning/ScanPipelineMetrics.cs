using DeepfakeOperator.Api.Records;
using Prometheus;

namespace DeepfakeOperator.Scanning;

/// <summary>What the pipeline exports. No job or item is a label.</summary>
internal static class ScanPipelineMetrics
{
    private static readonly Histogram StageSeconds = Metrics.CreateHistogram(
        "deepfake_worker_stage_seconds", "Seconds an item spent in a stage: fetch, decode (preprocessing included), batch (waiting for company), infer (a batch).",
        new HistogramConfiguration { LabelNames = ["stage"], Buckets = Histogram.ExponentialBuckets(0.0005, 2, 18) });

    private static readonly Gauge QueueDepth = Metrics.CreateGauge("deepfake_worker_stage_queue_depth", "Items that wait for a stage.", "stage");

    private static readonly Histogram BatchSize = Metrics.CreateHistogram(
        "deepfake_worker_batch_size", "Units in a batch; the count is the number of batch executions.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1, 2, 9) });

    private static readonly Counter PaddedUnits = Metrics.CreateCounter("deepfake_worker_batch_padding_total", "Slots that ran empty to fill a bucket.");

    private static readonly Gauge ProviderInfo = Metrics.CreateGauge(
        "deepfake_worker_provider_info", "1 for the execution provider that was proved to run the models.", "provider");

    private static readonly Counter Items = Metrics.CreateCounter("deepfake_worker_pipeline_items_total", "Items by verdict.", "verdict");

    private static readonly Counter Failures = Metrics.CreateCounter("deepfake_worker_pipeline_failures_total", "Items without a verdict, by error class.", "class");

    internal static void Stage(string stage, TimeSpan elapsed) => StageSeconds.WithLabels(stage).Observe(elapsed.TotalSeconds);

    internal static void Queue(string stage, int change) => QueueDepth.WithLabels(stage).Inc(change);

    internal static void Batch(int units, int size, TimeSpan elapsed)
    {
        BatchSize.Observe(units);
        PaddedUnits.Inc(size - units);
        Stage(ScanPipelineItemException.InferStage, elapsed);
    }

    internal static void Provider(string provider) => ProviderInfo.WithLabels(provider).Set(1);

    internal static void Outcome(Verdict verdict) => Items.WithLabels(verdict.ToString()).Inc();

    internal static void Outcome(ErrorClass error) => Failures.WithLabels(error.ToString()).Inc();
}
