using System.Text.Json.Nodes;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>Every state that the API server had of a namespace's ScanJobs, in order.</summary>
internal sealed class History : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<JsonObject> _states = [];
    private readonly Task _watching;
    private readonly TestCluster _cluster;
    private readonly string _namespace;

    public History(TestCluster cluster, string @namespace)
    {
        _cluster = cluster;
        _namespace = @namespace;
        _watching = WatchAsync();
    }

    /// <summary>Stops and gives what was seen.</summary>
    public async Task<IReadOnlyList<JsonObject>> EndAsync()
    {
        var last = (await _cluster.Client<ScanJob>()
            .GetAsync(new ObjectKey(_namespace, "backlog"), TestCluster.Cancellation))!.Metadata.ResourceVersion;
        await Eventually.TrueAsync(() => _states.ToArray()
            .Any(state => (string?)state["metadata"]!["resourceVersion"] == last), "the history is complete");
        await _stop.CancelAsync();
        await _watching;
        return _states;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            using var response = await new ResourceClient<ScanJob>(_cluster.Api, _namespace).OpenWatchAsync("resourceVersion=0", _stop.Token);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_stop.Token));
            while (await lines.ReadLineAsync(_stop.Token) is { } line) _states.Add(JsonNode.Parse(line)!["object"]!.DeepClone().AsObject());
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
