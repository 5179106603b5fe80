using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Tests.Schemas;
using DeepfakeOperator.Api.Tests.Server;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;

[assembly: AssemblyFixture(typeof(ApiServer))]

namespace DeepfakeOperator.Api.Tests.Server;

/// <summary>A real API server with the three CRDs as they stand in <c>crds/</c>, shared by all and started by the first that needs it.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    /// <summary>From 1.28 on a rule's reason and field path are in the answer.</summary>
    private const int FirstWithFieldPaths = 28;

    private readonly SemaphoreSlim _starting = new(1);
    private ControlPlane? _controlPlane;
    private string? _unavailable;
    private int _minor;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test where no server can be had or, if rules are at stake, where it is too old for them.</summary>
    internal async Task StartedAsync(bool withRules = false)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_controlPlane is null && _unavailable is null) await StartAsync(cancellation);
        }
        finally
        {
            _starting.Release();
        }
        if (_unavailable is not null) Assert.Skip($"no API server: {_unavailable}");
        if (withRules && _minor < FirstWithFieldPaths)
            Assert.Skip($"{_controlPlane!.Description}; rules with field paths need 1.{FirstWithFieldPaths}");
    }

    internal async Task<Answer> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string contentType = "application/json", string accept = "application/json")
    {
        var client = (Kubernetes)_controlPlane!.Client;
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path));
        request.Headers.Accept.ParseAdd(accept);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType));
        using var response = await client.HttpClient.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>What the server would say to a new object; nothing is kept.</summary>
    internal Task<Answer> TryAsync(Crd crd, JsonObject manifest) =>
        SendAsync(HttpMethod.Post, PathOf(crd) + "?dryRun=All&fieldValidation=Strict", manifest);

    internal static string PathOf(Crd crd) => $"apis/{ApiGroup.ApiVersion}/{(crd.Namespaced ? "namespaces/default/" : "")}{crd.Plural}";

    public async ValueTask DisposeAsync()
    {
        if (_controlPlane is not null) await _controlPlane.DisposeAsync();
        _starting.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, _ => { }, cancellation);
            _controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { WithControllers = false }, binaries, cancellation);
        }
        catch (DevClusterException error)
        {
            _unavailable = error.Message;
            return;
        }
        _minor = int.Parse(_controlPlane.Version.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);
        var applier = new ManifestApplier(_controlPlane.Client);
        foreach (var crd in Crd.All) await applier.ApplyAsync(crd.Manifest, cancellation);
    }
}
