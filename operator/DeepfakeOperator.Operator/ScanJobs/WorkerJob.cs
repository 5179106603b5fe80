using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The <c>batch/v1</c> Jobs that this operator makes. Kubernetes before 1.26 drops the fields it does not know (<c>podFailurePolicy</c>), and they still run.</summary>
internal static class WorkerJob
{
    private const string KueueQueue = "kueue.x-k8s.io/queue-name";
    private const string KueuePriority = "kueue.x-k8s.io/priority-class";

    public static JsonObject Scan(ScanJob job, IReadOnlyList<ResolvedDetector> detectors, int slot, string image)
    {
        var labels = new JsonObject { [ApiGroup.ScanJobLabel] = Names.Label(job.Metadata.Name), [ApiGroup.SlotLabel] = $"{slot}" };
        foreach (var copied in (string[])[KueueQueue, KueuePriority])
        {
            if (job.Metadata.Labels?.TryGetValue(copied, out var value) == true) labels[copied] = value;
        }
        var name = Names.Worker(job.Metadata.Name, slot);
        return Build(job, job.Metadata.NamespaceProperty, name, labels, WorkerPod.Scan(job, detectors, slot, image), job.Spec.BackoffLimit);
    }

    /// <summary>A detector's check: it either answers or fails, so it gets few attempts, and its own end to clean up after it.</summary>
    public static JsonObject Check(IKubernetesObject<V1ObjectMeta> detector, DetectorSpec spec, string @namespace, string name, string image)
    {
        var labels = new JsonObject { [ApiGroup.DetectorLabel] = Names.Label(detector.Metadata.Name) };
        return Build(detector, @namespace, name, labels, WorkerPod.Check(detector.Metadata.Name, spec, name, image), backoffLimit: 2);
    }

    public static bool IsComplete(V1Job job) => IsTrue(job, "Complete") || IsTrue(job, "SuccessCriteriaMet");

    public static bool IsFailed(V1Job job) => IsTrue(job, "Failed");

    public static JsonObject OwnerReference(IKubernetesObject<V1ObjectMeta> owner) => new()
    {
        ["apiVersion"] = owner.ApiVersion,
        ["kind"] = owner.Kind,
        ["name"] = owner.Metadata.Name,
        ["uid"] = owner.Metadata.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = false,
    };

    private static JsonObject Build(
        IKubernetesObject<V1ObjectMeta> owner, string @namespace, string name, JsonObject labels, JsonObject template, int backoffLimit)
    {
        labels["app.kubernetes.io/managed-by"] = KubernetesApi.FieldManager;
        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = @namespace,
                ["labels"] = labels,
                ["ownerReferences"] = new JsonArray(OwnerReference(owner)),
            },
            ["spec"] = new JsonObject
            {
                ["parallelism"] = 1,
                ["completions"] = 1,
                ["backoffLimit"] = backoffLimit,
                // The next pod must not start while the last one still drains: both would work as the same slot.
                ["podReplacementPolicy"] = "Failed",
                ["podFailurePolicy"] = new JsonObject
                {
                    ["rules"] = new JsonArray(new JsonObject
                    {
                        ["action"] = "Ignore",
                        ["onPodConditions"] = new JsonArray(new JsonObject { ["type"] = "DisruptionTarget", ["status"] = "True" }),
                    }),
                },
                ["template"] = template,
            },
        };
    }

    private static bool IsTrue(V1Job job, string type) =>
        job.Status?.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") == true;
}
