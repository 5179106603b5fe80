using System.Diagnostics;
using System.Text.Json.Nodes;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>The real helm, and an API server without controllers for it to talk to: nothing has to run, only to be accepted.</summary>
public sealed class HelmFixture : IAsyncLifetime
{
    public const string Release = "deepfake-operator";
    public const string SystemNamespace = "deepfake-system";
    private static readonly string? Helm = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "helm")).FirstOrDefault(File.Exists);

    private ControlPlane? controlPlane;

    public static string Chart { get; } = Repository.PathOf("charts", "deepfake-operator");

    public IKubernetes Kubernetes => controlPlane!.Client;

    public ManifestApplier Manifests => new(Kubernetes);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static void SkipWithoutHelm() => Assert.SkipWhen(Helm is null, "helm is not on PATH");

    public async ValueTask InitializeAsync()
    {
        if (Helm is null) return;
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, Console.Out.WriteLine, Cancelled);
        controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { WithControllers = false }, binaries, Cancelled);
        foreach (var name in (string[])["moderation", "elsewhere"])
        {
            var created = new V1Namespace { Metadata = new V1ObjectMeta { Name = name } };
            await Kubernetes.CoreV1.CreateNamespaceAsync(created, cancellationToken: Cancelled);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (controlPlane is not null) await controlPlane.DisposeAsync();
    }

    /// <summary>helm with an administrator's rights; its output.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"helm {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    public async Task<(int ExitCode, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Helm!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = controlPlane!.KubeconfigPath;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancelled), process.StandardError.ReadToEndAsync(Cancelled));
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, await output, await errors);
    }

    public Task InstallAsync(params string[] settings) =>
        RunAsync(["install", Release, Chart, "--namespace", SystemNamespace, "--create-namespace", .. settings]);

    public Task UninstallAsync() => RunAsync("uninstall", Release, "--namespace", SystemNamespace, "--ignore-not-found");

    /// <summary>What the release holds now, as the API server was given it.</summary>
    public async Task<IReadOnlyList<JsonObject>> ManifestAsync() =>
        ManifestApplier.Parse(await RunAsync("get", "manifest", Release, "--namespace", SystemNamespace));

    /// <summary>May the operator's ServiceAccount do this?</summary>
    public async Task<bool> MayAsync(string verb, string group, string resource, string @namespace, string name = "")
    {
        var (plural, subresource) = resource.Split('/') is [var first, var second] ? (first, second) : (resource, "");
        var review = new V1SubjectAccessReview
        {
            Spec = new V1SubjectAccessReviewSpec
            {
                User = $"system:serviceaccount:{SystemNamespace}:{Release}",
                ResourceAttributes = new V1ResourceAttributes
                {
                    Verb = verb, Group = group, Resource = plural, Subresource = subresource, NamespaceProperty = @namespace, Name = name,
                },
            },
        };
        return (await Kubernetes.AuthorizationV1.CreateSubjectAccessReviewAsync(review, cancellationToken: Cancelled)).Status.Allowed;
    }
}
