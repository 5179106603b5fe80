using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// Keeps a <see cref="Store{T}"/> equal to what the API server has: lists once, then watches from there for ever. A watch that ends cleanly goes on from the last
/// resourceVersion; one that is too old (410) lists anew; any other error waits and goes on.
/// </summary>
/// <param name="client">The kind.</param>
/// <param name="store">Written by nobody else.</param>
/// <param name="labelSelector">Which objects; null: all.</param>
/// <param name="clock">For delays and the watchdog.</param>
/// <param name="log">Says when the connection is lost.</param>
internal sealed class ListWatcher<T>(ResourceClient<T> client, Store<T> store, string? labelSelector, TimeProvider clock, ILogger log)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private const int PageSize = 500;

    /// <summary>The server ends a watch after this long; shorter than the five minutes after which common proxies cut silent connections.</summary>
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(270);

    /// <summary>A connection on which not even the server's own end arrives is dead.</summary>
    private static readonly TimeSpan Silence = WatchTimeout + TimeSpan.FromSeconds(20);

    /// <summary>A watch that ends sooner without a word was cut by something in between, which is not to be knocked at without a pause.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly string _selector = labelSelector is null ? "" : $"&labelSelector={Uri.EscapeDataString(labelSelector)}";

    /// <summary>Everything up to here is in the store; null: a list is needed.</summary>
    private string? _version;

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            try
            {
                _version ??= await ListAsync(cancellation);
                await WatchAsync(() => failures = 0, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Too old, or a line that could not be read and so may have been anything: only a fresh list is sure to miss nothing.
                if (error is ApiException { IsExpired: true } || Decoded<T>.IsUnreadable(error)) _version = null;
                var delay = (error as ApiException)?.RetryAfter ?? Backoff.Default.After(++failures);
                log.LogWarning("watch of {Kind}: {Error}; again in {Delay}", ResourceClient<T>.Kind, error.Message, delay);
                OperatorMetrics.WatchFailures.WithLabels(ResourceClient<T>.Kind).Inc();
                await Task.Delay(delay, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        var listed = new List<Decoded<T>>();
        for (var next = ""; ;)
        {
            var page = await client.ListPageAsync($"limit={PageSize}{next}{_selector}", cancellation);
            foreach (var item in page["items"]?.AsArray() ?? [])
            {
                if (TryDecode(item, out var entry)) listed.Add(entry);
            }
            var metadata = page["metadata"];
            if ((string?)metadata?["continue"] is not { Length: > 0 } token)
            {
                store.Replace(listed);
                return (string?)metadata?["resourceVersion"] ?? throw new JsonException("a list without a resourceVersion");
            }
            next = $"&continue={Uri.EscapeDataString(token)}";
        }
    }

    /// <summary>Takes events until the server ends the watch.</summary>
    private async Task WatchAsync(Action alive, CancellationToken cancellation)
    {
        var (opened, silent) = (clock.GetTimestamp(), true);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = clock.CreateTimer(_ => watchdog.Cancel(), null, Silence, Timeout.InfiniteTimeSpan);
        try
        {
            var query = $"allowWatchBookmarks=true&resourceVersion={_version}&timeoutSeconds={WatchTimeout.TotalSeconds}{_selector}";
            using var response = await client.OpenWatchAsync(query, watchdog.Token);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(watchdog.Token));
            while (await lines.ReadLineAsync(watchdog.Token) is { } line)
            {
                timer.Change(Silence, Timeout.InfiniteTimeSpan);
                if (line.Length == 0) continue;
                _version = Take(line) ?? _version;
                alive();
                silent = false;
            }
        }
        catch (HttpRequestException error) when (error.InnerException is EndOfStreamException)
        {
            // How the server's own timeout looks when nothing was ever sent on the watch (measured).
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing heard for {Silence.TotalSeconds} s");
        }
        if (silent && clock.GetElapsedTime(opened) < Shortest) throw new IOException("the watch was closed as soon as it was opened");
    }

    private string? Take(string line)
    {
        var message = JsonNode.Parse(line)?.AsObject() ?? throw new JsonException("an empty event");
        var type = (string?)message["type"];
        var resource = message["object"]?.AsObject() ?? throw new JsonException("an event without an object");
        if (type == "ERROR")
        {
            var code = (int?)resource["code"] ?? 500;
            throw new ApiException((System.Net.HttpStatusCode)code, (string?)resource["reason"] ?? "", (string?)resource["message"] ?? "the watch failed");
        }
        var version = (string?)resource["metadata"]?["resourceVersion"];
        if (type is "ADDED" or "MODIFIED" && TryDecode(resource, out var put)) store.Put(put);
        else if (type == "DELETED" && TryDecode(resource, out var gone)) store.Remove(gone);
        return version;
    }

    private bool TryDecode(JsonNode? node, out Decoded<T> entry)
    {
        entry = null!;
        try
        {
            entry = Decoded<T>.From(node!.AsObject());
            return true;
        }
        catch (Exception error) when (Decoded<T>.IsUnreadable(error))
        {
            log.LogError("a {Kind} could not be read and is passed over: {Error}", ResourceClient<T>.Kind, error.Message);
            return false;
        }
    }
}
