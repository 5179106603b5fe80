using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>
/// Stands between the operator and the API server, with the administrator's rights, and shows a <see cref="Hazard"/> every request that changes
/// something.
/// </summary>
internal sealed class KubernetesProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly k8s.Kubernetes _kubernetes;
    private readonly Hazard _hazard;

    private KubernetesProxy(k8s.Kubernetes kubernetes, Hazard hazard)
    {
        _kubernetes = kubernetes;
        _hazard = hazard;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public static async Task<KubernetesProxy> StartAsync(k8s.Kubernetes kubernetes, Hazard hazard)
    {
        var proxy = new KubernetesProxy(kubernetes, hazard);
        await proxy._app.StartAsync(TestCluster.Cancellation);
        return proxy;
    }

    /// <summary>Text of a kubeconfig that leads here.</summary>
    public string Kubeconfig => $$$"""
        apiVersion: v1
        kind: Config
        current-context: proxy
        clusters: [{name: proxy, cluster: {server: "{{{_app.Urls.First()}}}"}}]
        users: [{name: proxy, user: {token: none}}]
        contexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]
        """;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ForwardAsync(HttpContext context)
    {
        var (request, cancellation) = (context.Request, context.RequestAborted);
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellation);
        content.Position = 0;
        var write = HttpMethods.IsGet(request.Method) ? null : $"{request.Method} {WhatOf(request.Path)}{Whose(request.Path, content)}";
        if (write is not null && !_hazard.Before(write))
        {
            context.Abort();
            return;
        }
        using var forwarded = new HttpRequestMessage(HttpMethod.Parse(request.Method),
            new Uri(_kubernetes.BaseUri, request.Path + request.QueryString));
        if (request.ContentType is { } type)
        {
            forwarded.Content = new StreamContent(content);
            forwarded.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        // What was asked for happens, whether or not the one who asked lives to hear of it.
        using var response = await _kubernetes.HttpClient.SendAsync(
            forwarded, HttpCompletionOption.ResponseHeadersRead, write is null ? cancellation : CancellationToken.None);
        if (write is not null && !_hazard.After(write))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await context.Response.StartAsync(cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[16 << 10];
        // A watch's events must not wait in a buffer for more to come.
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), cancellation);
            await context.Response.Body.FlushAsync(cancellation);
        }
    }

    /// <summary>A detector's check has Jobs and ConfigMaps as a scan has.</summary>
    private static string Whose(string path, MemoryStream content) =>
        path.Contains("-check-", StringComparison.Ordinal)
            || (path.EndsWith("/jobs", StringComparison.Ordinal) && Encoding.UTF8.GetString(content.ToArray()).Contains("-check-"))
            ? " of a check" : "";

    /// <summary>The resource, and the subresource if there is one: <c>scanjobs/status</c>.</summary>
    private static string WhatOf(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipWhile(part => part != "namespaces").Skip(2).ToArray();
        return parts.Length > 2 ? $"{parts[0]}/{parts[2]}" : parts[0];
    }
}
