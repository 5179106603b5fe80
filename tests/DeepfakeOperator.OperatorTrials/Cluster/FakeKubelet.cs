using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Operator.Runtime;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>
/// Says of pods what a kubelet would: workers are ready (those of the image <c>worker:crash</c> end with a last word, of <c>worker:quit</c> without
/// one), checks end
/// with their verdict. A check's verdict is the descriptor's <c>version</c>: "bad" fails, "stuck" cannot pull its image, all else passes. Pods are
/// bound to no node, so a deleted one goes at once.
/// </summary>
internal sealed class FakeKubelet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ResourceClient<V1Pod> _pods;
    private readonly ResourceClient<V1ConfigMap> _configMaps;
    private readonly KubernetesApi _api;
    private readonly WorkQueue _queue = new(TimeProvider.System, Backoff.Default);
    private readonly Store<V1Pod> _store = new();
    private readonly Task _running;

    public FakeKubelet(KubernetesApi api)
    {
        _api = api;
        _pods = new ResourceClient<V1Pod>(api);
        _configMaps = new ResourceClient<V1ConfigMap>(api);
        _store.Changed += pod => _queue.Add(ObjectKey.Of(pod));
        var watch = new ListWatcher<V1Pod>(_pods, _store, null, TimeProvider.System, NullLogger.Instance);
        var controller = new Controller("kubelet", _queue, RunPodAsync, 2, TimeSpan.FromSeconds(30), TimeProvider.System, NullLogger.Instance);
        _running = Task.WhenAll(watch.RunAsync(_stop.Token), controller.RunAsync(_stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _queue.Dispose();
        _stop.Dispose();
    }

    private async Task<ReconcileResult> RunPodAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_store.Get(key) is not { } pod || pod.Status?.ContainerStatuses?.Count > 0) return ReconcileResult.Done;
        var status = pod.Metadata.Labels?.ContainsKey(ApiGroup.DetectorLabel) == true ? await CheckAsync(pod, cancellation) : Worker(pod);
        await _api.SendAsync(
            HttpMethod.Patch,
            $"api/v1/namespaces/{key.Namespace}/pods/{key.Name}/status",
            new JsonObject { ["status"] = status },
            KubernetesApi.MergePatch,
            cancellation);
        return ReconcileResult.Done;
    }

    private async Task<JsonObject> CheckAsync(V1Pod pod, CancellationToken cancellation)
    {
        var name = pod.Spec.Volumes.First(volume => volume.ConfigMap is not null).ConfigMap.Name;
        var configMap = await _configMaps.GetAsync(new ObjectKey(pod.Metadata.NamespaceProperty, name), cancellation);
        var detector = JsonSerializer.Deserialize<ResolvedDetector>(configMap!.Data["detector.json"], ApiJson.Options)!;
        if (detector.Spec.Version == "stuck")
        {
            return Status("Pending",
                new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ImagePullBackOff", ["message"] = "no such image" } });
        }
        var passed = detector.Spec.Version != "bad";
        var check = passed
            ? new DetectorCheck { Passed = true, Reason = "ConformancePassed", Message = "outputs within tolerance", Provider = "CPU" }
            : new DetectorCheck { Passed = false, Reason = "OutputsDiffer", Message = "off by 0.3; check the normalisation" };
        return Ended(passed ? "Succeeded" : "Failed", passed ? 0 : 1, JsonSerializer.Serialize(check, ApiJson.Options));
    }

    private static JsonObject Worker(V1Pod pod)
    {
        if (pod.Spec.Containers[0].Image == "worker:crash") return Ended("Failed", 70,
            "no CUDA device was found; is the driver installed on the node?");
        if (pod.Spec.Containers[0].Image == "worker:quit") return Ended("Succeeded", 0, null);
        var status = Status("Running", new JsonObject { ["running"] = new JsonObject() });
        status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" });
        return status;
    }

    private static JsonObject Ended(string phase, int exitCode, string? message) => Status(phase, new JsonObject
    {
        ["terminated"] = new JsonObject { ["exitCode"] = exitCode, ["reason"] = exitCode == 0 ? "Completed" : "Error", ["message"] = message },
    });

    private static JsonObject Status(string phase, JsonObject state) => new()
    {
        ["phase"] = phase,
        ["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "worker", ["image"] = "worker:test", ["imageID"] = "", ["ready"] = phase == "Running", ["restartCount"] = 0, ["state"] = state,
        }),
    };
}
