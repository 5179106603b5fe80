using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Operator.Tests.Runtime;

/// <summary>A watch of a real API server through a middleman that lies, breaks off and falls silent. The clock is the test's own.</summary>
public sealed class HostileApiTests(TestCluster cluster)
{
    [Fact]
    public async Task After_410_what_was_deleted_meanwhile_is_known_to_be_gone()
    {
        await using var watch = await WatchedAsync();
        await watch.CreateAsync("old");
        watch.Saboteur.Watches.Enqueue(async () =>
        {
            await watch.DeleteAsync("old");
            await watch.CreateAsync("new");
            return await Saboteur.Answer(
                HttpStatusCode.OK, """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""" + "\n")();
        });
        watch.Start();
        await watch.UntilAsync(() => watch.Sees("new") && !watch.Sees("old"), "the new one and not the old one");
        Assert.Contains("old", watch.Changes);
        Assert.Equal(2, watch.Saboteur.Listed);
        await watch.CreateAsync("later");
        await watch.UntilAsync(() => watch.Sees("later"), "events come again");
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\"\n")]
    [InlineData("<html>Bad gateway</html>\n")]
    [InlineData("{}\n")]
    public async Task A_line_that_cannot_be_read_may_have_been_anything_so_all_is_listed_again(string line)
    {
        await using var watch = await WatchedAsync();
        watch.Saboteur.Watches.Enqueue(async () =>
        {
            await watch.CreateAsync("missed");
            return await Saboteur.Answer(HttpStatusCode.OK, line)();
        });
        watch.Start();
        await watch.UntilAsync(() => watch.Sees("missed"), "what the line hid");
        Assert.Equal(2, watch.Saboteur.Listed);
    }

    [Fact]
    public async Task A_connection_on_which_nothing_comes_is_given_up_and_no_event_is_lost()
    {
        await using var watch = await WatchedAsync();
        watch.Saboteur.Watches.Enqueue(Saboteur.Silence());
        watch.Start();
        await watch.Synced();
        await watch.CreateAsync("unheard");
        var passed = await watch.UntilAsync(() => watch.Sees("unheard"), "what happened in the silence");
        Assert.True(passed >= TimeSpan.FromSeconds(290), $"given up after {passed}");
        // It goes on from where it was: silence is no reason to list everything.
        Assert.Equal(1, watch.Saboteur.Listed);
    }

    [Fact]
    public async Task Turned_away_it_waits_as_long_as_the_server_asks()
    {
        await using var watch = await WatchedAsync();
        const string said = """{"kind":"Status","code":429,"reason":"TooManyRequests"}""";
        watch.Saboteur.Lists.Enqueue(Saboteur.Answer(HttpStatusCode.TooManyRequests, said, TimeSpan.FromSeconds(40)));
        watch.Start();
        var passed = await watch.UntilAsync(() => watch.Saboteur.Listed == 2, "asked again");
        Assert.True(passed >= TimeSpan.FromSeconds(40), $"asked again after {passed}");
        await watch.Synced();
    }

    [Fact]
    public async Task Errors_of_the_server_and_of_proxies_are_outlasted()
    {
        await using var watch = await WatchedAsync();
        await watch.CreateAsync("there");
        foreach (var body in (string[])["{}", "<html>", "null", ""])
            watch.Saboteur.Lists.Enqueue(Saboteur.Answer(HttpStatusCode.InternalServerError, body));
        watch.Saboteur.Lists.Enqueue(() => throw new HttpRequestException("connection refused"));
        watch.Saboteur.Lists.Enqueue(Saboteur.Answer(HttpStatusCode.OK, "not json"));
        watch.Start();
        await watch.UntilAsync(() => watch.Sees("there"), "the object");
        Assert.Equal(7, watch.Saboteur.Listed);
    }

    private async Task<Watched> WatchedAsync() => new(cluster, await cluster.NewNamespaceAsync());

    /// <summary>The ConfigMaps of a namespace, watched through a saboteur.</summary>
    private sealed class Watched : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly FakeTimeProvider _clock = new();
        private readonly Store<V1ConfigMap> _store = new();
        private readonly ConcurrentQueue<string> _changes = new();
        private readonly ResourceClient<V1ConfigMap> _client;
        private readonly ListWatcher<V1ConfigMap> _watcher;
        private readonly string _namespace;
        private Task _running = Task.CompletedTask;

        public Watched(TestCluster cluster, string @namespace)
        {
            _namespace = @namespace;
            _client = cluster.Client<V1ConfigMap>();
            var watched = new ResourceClient<V1ConfigMap>(new KubernetesApi(cluster.Through(Saboteur)), @namespace);
            _watcher = new ListWatcher<V1ConfigMap>(watched, _store, null, _clock, NullLogger.Instance);
            _store.Changed += map => _changes.Enqueue(map.Metadata.Name);
        }

        public Saboteur Saboteur { get; } = new();

        public IReadOnlyCollection<string> Changes => _changes;

        public void Start() => _running = _watcher.RunAsync(_stop.Token);

        public Task Synced() => Eventually.TrueAsync(() => _store.Synced.IsCompletedSuccessfully, "listed once");

        public bool Sees(string name) => _store.Get(new ObjectKey(_namespace, name)) is not null;

        /// <summary>Lets time pass until it is so; gives how much had to.</summary>
        public async Task<TimeSpan> UntilAsync(Func<bool> condition, string what)
        {
            var begin = _clock.GetUtcNow();
            await Eventually.TrueAsync(
                () =>
                {
                    if (condition()) return true;
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    return condition();
                },
                what);
            return _clock.GetUtcNow() - begin;
        }

        public Task<bool> CreateAsync(string name) => _client.CreateAsync(
            _namespace,
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name } },
            TestCluster.Cancellation);

        public Task DeleteAsync(string name) => _client.DeleteAsync(new ObjectKey(_namespace, name), null, "Background", TestCluster.Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            Saboteur.Dispose();
            _stop.Dispose();
        }
    }
}
