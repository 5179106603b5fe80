using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// Writes Kubernetes Events in the background. A repetition raises the count of the Event that is there. Never fails and never waits: an Event is a courtesy, and
/// losing one under pressure is better than holding up a reconcile.
/// </summary>
internal sealed class EventRecorder(ResourceClient<Corev1Event> events, string instance, TimeProvider clock, ILogger log)
{
    private const int Bound = 1000;

    /// <summary>The same Event again within this time is not even counted.</summary>
    private static readonly TimeSpan Repetition = TimeSpan.FromMinutes(1);

    private readonly Channel<(ObjectKey Key, JsonObject Body)> _pending = Channel.CreateBounded<(ObjectKey, JsonObject)>(
        new BoundedChannelOptions(Bound) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ConcurrentDictionary<ObjectKey, DateTimeOffset> _recent = new();

    public void Normal(IKubernetesObject<V1ObjectMeta> about, string reason, string message) => Record(about, "Normal", reason, message);

    public void Warning(IKubernetesObject<V1ObjectMeta> about, string reason, string message) => Record(about, "Warning", reason, message);

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var (key, body) in _pending.Reader.ReadAllAsync(cancellation))
            {
                try
                {
                    await WriteAsync(key, body, cancellation);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    log.LogWarning("Event {Event} not written: {Error}", key, error.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Shutting down.
        }
    }

    private void Record(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message)
    {
        var now = clock.GetUtcNow();
        var key = KeyOf(about, type, reason, message);
        if (_recent.TryGetValue(key, out var last) && now - last < Repetition) return;
        if (_recent.Count >= Bound)
        {
            foreach (var (old, at) in _recent)
            {
                if (now - at >= Repetition) _recent.TryRemove(old, out _);
            }
        }
        _recent[key] = now;
        var time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _pending.Writer.TryWrite((key, new JsonObject
        {
            ["apiVersion"] = ResourceClient<Corev1Event>.ApiVersion,
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = about.ApiVersion,
                ["kind"] = about.Kind,
                ["name"] = about.Metadata.Name,
                ["namespace"] = about.Metadata.NamespaceProperty,
                ["uid"] = about.Metadata.Uid,
            },
            ["type"] = type,
            ["reason"] = reason,
            ["message"] = message.Length <= 1024 ? message : message[..1024],
            ["source"] = new JsonObject { ["component"] = KubernetesApi.FieldManager },
            ["reportingComponent"] = KubernetesApi.FieldManager,
            ["reportingInstance"] = instance,
            ["firstTimestamp"] = time,
            ["lastTimestamp"] = time,
            ["count"] = 1,
        }));
    }

    private async Task WriteAsync(ObjectKey key, JsonObject body, CancellationToken cancellation)
    {
        var lastTimestamp = (string?)body["lastTimestamp"];
        if (await events.CreateAsync(key.Namespace, body, cancellation)) return;
        var there = await events.GetAsync(key, cancellation);
        if (there is null) return;
        await events.PatchAsync(key, new JsonObject { ["count"] = (there.Count ?? 1) + 1, ["lastTimestamp"] = lastTimestamp }, cancellation);
    }

    /// <summary>The same words about the same object make the same name, so that counting needs no memory. Events about cluster-scoped objects go to <c>default</c>.</summary>
    private static ObjectKey KeyOf(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{about.Metadata.Uid}\n{type}\n{reason}\n{message}"));
        return new ObjectKey(about.Metadata.NamespaceProperty ?? "default", $"{about.Metadata.Name}.{Convert.ToHexStringLower(hash.AsSpan(0, 8))}");
    }
}
