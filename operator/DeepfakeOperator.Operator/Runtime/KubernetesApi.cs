using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// One HTTP request to the API server. KubernetesClient brings TLS, credentials and the models; requests are made here, because its typed calls lose unknown fields,
/// its watch hides how it ended, and its apply needs typed bodies.
/// </summary>
internal sealed class KubernetesApi(Kubernetes client)
{
    /// <summary>Field manager of everything the operator applies.</summary>
    public const string FieldManager = "deepfake-operator";

    public const string MergePatch = "application/merge-patch+json";

    /// <summary>Named after YAML, of which JSON is a part; API servers before 1.33 know apply by no other name.</summary>
    public const string ApplyPatch = "application/apply-patch+yaml";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="ApiException">The server answered with an error.</exception>
    /// <exception cref="TimeoutException">No complete answer within 30 s.</exception>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RequestTimeout);
        try
        {
            using var response = await OpenAsync(method, path, body, contentType, limit.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonNode.ParseAsync(stream, cancellationToken: limit.Token) ?? new JsonObject();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the API server did not answer {method} {path} within {RequestTimeout.TotalSeconds} s");
        }
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, "application/json", cancellation);

    /// <summary>Opens a response whose body arrives bit by bit (a watch); the caller disposes it.</summary>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    public Task<HttpResponseMessage> OpenStreamAsync(string path, CancellationToken cancellation) =>
        OpenAsync(HttpMethod.Get, path, null, "application/json", cancellation);

    private async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }
        if (client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellation);

        var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ErrorOfAsync(response, cancellation);
    }

    private static async Task<ApiException> ErrorOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        JsonNode? status = null;
        try
        {
            status = JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            // A proxy in between answered in its own words; they are kept as they are.
        }
        var answer = status as JsonObject;
        return new ApiException(
            response.StatusCode,
            (string?)answer?["reason"] ?? response.StatusCode.ToString(),
            (string?)answer?["message"] ?? $"{(int)response.StatusCode} {response.ReasonPhrase}: {text[..Math.Min(text.Length, 300)]}",
            response.Headers.RetryAfter?.Delta);
    }
}
