using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The ConfigMap that tells the workers of a job what to do.</summary>
internal sealed class WorkerConfiguration(ResourceClient<V1ConfigMap> configMaps)
{
    /// <summary>
    /// The detectors as they were when the job's first workers were told of them: a Detector that changes or goes while the job runs changes no verdict
    /// half-way. Null: none was told yet.
    /// </summary>
    public async Task<IReadOnlyList<ResolvedDetector>?> FrozenAsync(ScanJob job, ScanSession session, CancellationToken cancellation)
    {
        if (session.Detectors is not null || (session.Plan is null && job.Status?.Plan is null)) return session.Detectors;
        var key = new ObjectKey(job.Metadata.NamespaceProperty, Names.Configuration(job.Metadata.Name));
        // Another job's of the same name, should it not be gone yet, is not this one's.
        if (await configMaps.GetAsync(key, cancellation) is not { } map || map.Metadata.OwnerReferences?.Any(owner => owner.Uid == job.Metadata.Uid) != true) return null;
        try
        {
            session.Detectors = JsonSerializer.Deserialize<ScanConfiguration>(map.Data?[ScanConfiguration.FileName] ?? "null", ApiJson.Options)?.Detectors;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException)
        {
            // Somebody else's hand. What the workers are told is written anew.
        }
        return session.Detectors;
    }

    /// <summary>Brings it up to date; writes only what differs from what was written last.</summary>
    public async Task ReconcileAsync(ScanJob job, IReadOnlyList<ResolvedDetector> detectors, ScanSession session, CancellationToken cancellation)
    {
        var content = JsonSerializer.Serialize(
            new ScanConfiguration
            {
                Namespace = job.Metadata.NamespaceProperty,
                Name = job.Metadata.Name,
                Uid = job.Metadata.Uid,
                // Only the operator reads the template, and suspend and replicas would be old news by the time a worker reads them.
                Spec = job.Spec with { Suspend = false, Workers = job.Spec.Workers with { Template = null, Replicas = null } },
                Detectors = detectors,
            },
            ApiJson.Options);
        if (content == session.LastConfiguration) return;
        var key = new ObjectKey(job.Metadata.NamespaceProperty, Names.Configuration(job.Metadata.Name));
        await configMaps.ApplyAsync(key, ConfigMap(job, key, ScanConfiguration.FileName, content, ApiGroup.ScanJobLabel), cancellation);
        session.LastConfiguration = content;
        session.Detectors = detectors;
    }

    public static JsonObject ConfigMap(k8s.IKubernetesObject<V1ObjectMeta> owner, ObjectKey key, string file, string content, string label) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject
        {
            ["name"] = key.Name,
            ["namespace"] = key.Namespace,
            ["labels"] = new JsonObject { [label] = Names.Label(owner.Metadata.Name), ["app.kubernetes.io/managed-by"] = KubernetesApi.FieldManager },
            ["ownerReferences"] = new JsonArray(WorkerJob.OwnerReference(owner)),
        },
        ["data"] = new JsonObject { [file] = content },
    };
}
