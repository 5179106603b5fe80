using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace DeepfakeOperator.DevCluster;

/// <summary>kubectl apply --server-side for machines without kubectl.</summary>
public sealed class ManifestApplier(IKubernetes kubernetes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Every document of a YAML text as JSON.</summary>
    public static IReadOnlyList<JsonObject> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        // A file may begin or end with an empty document.
        return [.. stream.Documents.Select(document => YamlJson.Convert(document.RootNode)).OfType<JsonObject>()];
    }

    /// <summary>Applies a file's documents in their order; CRDs are waited for.</summary>
    public async Task ApplyFileAsync(string path, CancellationToken cancellationToken)
    {
        foreach (var document in Parse(await File.ReadAllTextAsync(path, cancellationToken))) await ApplyAsync(document, cancellationToken);
    }

    /// <summary>Applies one object.</summary>
    /// <exception cref="DevClusterException">The API server refused it; the message is the server's.</exception>
    public async Task ApplyAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        if ((string?)manifest["kind"] == V1CustomResourceDefinition.KubeKind
            && await IsBeforeCelAsync(cancellationToken)) manifest = WithoutCel(manifest);
        var (status, answer) = await SendAsync(manifest, cancellationToken);
        if (status is not (HttpStatusCode.OK or HttpStatusCode.Created))
            throw new DevClusterException(
                $"{manifest["kind"]} {manifest["metadata"]?["name"]} was refused: {(string?)JsonNode.Parse(answer)?["message"] ?? answer}");
        if ((string?)manifest["kind"] == V1CustomResourceDefinition.KubeKind) await EstablishedAsync((string)manifest["metadata"]!["name"]!,
            cancellationToken);
    }

    /// <summary>Applies one object and says what the server answered, refusals included.</summary>
    public async Task<(HttpStatusCode Status, string Answer)> SendAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var url = await PathAsync(manifest, cancellationToken) + "?fieldManager=devcluster&force=true";
        using var content = new StringContent(manifest.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/apply-patch+yaml"));
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(kubernetes.BaseUri, url)) { Content = content };
        if (((Kubernetes)kubernetes).Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        using var response = await ((Kubernetes)kubernetes).HttpClient.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private async Task<string> PathAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        var (apiVersion, kind) = ((string)manifest["apiVersion"]!, (string)manifest["kind"]!);
        var root = apiVersion.Contains('/', StringComparison.Ordinal) ? "apis/" + apiVersion : "api/" + apiVersion;
        var discovery = await ((Kubernetes)kubernetes).HttpClient.GetStringAsync(new Uri(kubernetes.BaseUri, root), cancellationToken);
        var resource = JsonNode.Parse(discovery)!["resources"]!.AsArray()
            .FirstOrDefault(entry => (string?)entry!["kind"] == kind && !((string)entry["name"]!).Contains('/', StringComparison.Ordinal))
            ?? throw new DevClusterException($"the API server knows no {kind} in {apiVersion}");
        var name = (string)manifest["metadata"]!["name"]!;
        return (bool)resource["namespaced"]!
            ? $"{root}/namespaces/{(string?)manifest["metadata"]!["namespace"] ?? "default"}/{resource["name"]}/{name}"
            : $"{root}/{resource["name"]}/{name}";
    }

    private async Task EstablishedAsync(string name, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            var crd = await kubernetes.ApiextensionsV1.ReadCustomResourceDefinitionAsync(name, cancellationToken: patience.Token);
            if (crd.Status?.Conditions?.Any(condition => condition is { Type: "Established", Status: "True" }) == true) return;
            await Task.Delay(50, patience.Token);
        }
    }

    // Common Expression Language in CRDs came with 1.25 (on by default); before, server-side apply refuses the fields as unknown.
    private async Task<bool> IsBeforeCelAsync(CancellationToken cancellationToken)
    {
        var version = await kubernetes.Version.GetCodeAsync(cancellationToken);
        return int.TryParse(version.Minor.TrimEnd('+'), out var minor) && minor < 25;
    }

    private static JsonObject WithoutCel(JsonObject manifest)
    {
        var copy = manifest.DeepClone().AsObject();
        var waiting = new Stack<JsonNode>([copy]);
        while (waiting.TryPop(out var node))
        {
            if (node is JsonObject map)
            {
                map.Remove("x-kubernetes-validations");
                foreach (var (_, child) in map) if (child is not null) waiting.Push(child);
            }
            else if (node is JsonArray list)
            {
                foreach (var child in list) if (child is not null) waiting.Push(child);
            }
        }
        return copy;
    }
}
