using System.Globalization;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The gauges of live jobs.</summary>
internal static class ScanJobMetrics
{
    private static readonly string[] Outcomes = ["fake", "real", "inconclusive", "not_applicable", "failed"];
    private static readonly string[] States = ["desired", "ready", "draining"];

    public static void Set(ScanJob job, ScanJobStatus status)
    {
        var (@namespace, name) = (job.Metadata.NamespaceProperty, job.Metadata.Name);
        var items = status.Items;
        foreach (var (outcome, count) in Outcomes.Zip([items.Fake, items.Real, items.Inconclusive, items.NotApplicable, items.Failed]))
        {
            OperatorMetrics.Items.WithLabels(@namespace, name, outcome).Set(count);
        }
        foreach (var (state, count) in States.Zip([status.Workers.Desired, status.Workers.Ready, status.Workers.Draining]))
        {
            OperatorMetrics.Workers.WithLabels(@namespace, name, state).Set(count);
        }
        OperatorMetrics.Lag.WithLabels(@namespace, name).Set(status.Throughput.Lag);
        OperatorMetrics.Rate.WithLabels(@namespace, name).Set(double.Parse(status.Throughput.ItemsPerSecond ?? "0", CultureInfo.InvariantCulture));
    }

    public static void Remove(ObjectKey key)
    {
        foreach (var outcome in Outcomes) OperatorMetrics.Items.RemoveLabelled(key.Namespace, key.Name, outcome);
        foreach (var state in States) OperatorMetrics.Workers.RemoveLabelled(key.Namespace, key.Name, state);
        OperatorMetrics.Lag.RemoveLabelled(key.Namespace, key.Name);
        OperatorMetrics.Rate.RemoveLabelled(key.Namespace, key.Name);
    }
}
