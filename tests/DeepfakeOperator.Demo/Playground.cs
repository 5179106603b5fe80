using System.Diagnostics;
using System.Text.Json.Nodes;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.DevCluster.NodeAgents;
using DeepfakeOperator.DevCluster.Processes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Demo;

/// <summary>A cluster of local processes with a Kafka, our CRDs and our operator in it, as a platform team would have set it up.</summary>
public sealed class Playground : IAsyncDisposable
{
    private const string SystemNamespace = "deepfake-system";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Stack<IAsyncDisposable> parts = new();
    private ControlPlane controlPlane = null!;
    private NodeAgent agent = null!;
    private ManifestApplier manifests = null!;

    private Playground()
    {
    }

    /// <summary>The broker.</summary>
    public KafkaServer Kafka { get; private set; } = null!;

    /// <summary>An administrator's client.</summary>
    public IKubernetes Kubernetes => controlPlane.Client;

    /// <summary>An administrator's kubeconfig.</summary>
    public string KubeconfigPath => controlPlane.KubeconfigPath;

    /// <summary>Where kubectl is; null where there is none.</summary>
    public string? KubectlFolder => Path.GetDirectoryName(controlPlane.KubectlPath);

    /// <summary>Our resources.</summary>
    public ScanJobClient ScanJobs { get; private set; } = null!;

    /// <summary>The API server's version.</summary>
    public string KubernetesVersion => controlPlane.Version;

    /// <summary>Starts everything and waits until the operator and the bundled detector are ready.</summary>
    /// <param name="options">What it is to have.</param>
    /// <param name="say">Told what happens, line by line.</param>
    /// <param name="cancellationToken">Gives up; whatever was started is ended.</param>
    /// <exception cref="DevClusterException">A server did not start.</exception>
    public static async Task<Playground> StartAsync(PlaygroundOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var playground = new Playground();
        try
        {
            await playground.StartServersAsync(options, say, cancellationToken);
            await playground.InstallAsync(say, cancellationToken);
            return playground;
        }
        catch
        {
            await playground.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies an object; its namespace is made if it is missing.</summary>
    /// <exception cref="DevClusterException">The API server refused it.</exception>
    public async Task ApplyAsync(JsonObject manifest, CancellationToken cancellationToken)
    {
        if ((string?)manifest["metadata"]?["namespace"] is { } name)
        {
            var wanted = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
            await manifests.ApplyAsync(wanted, cancellationToken);
        }
        await manifests.ApplyAsync(manifest, cancellationToken);
    }

    /// <summary>kubectl with the administrator's kubeconfig; its output.</summary>
    /// <exception cref="DemoException">It failed, or there is none.</exception>
    public async Task<string> KubectlAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var kubectl = controlPlane.KubectlPath ?? throw new DemoException("there is no kubectl on PATH");
        var start = new ProcessStartInfo(kubectl, ["--kubeconfig", KubeconfigPath, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new DemoException($"kubectl {string.Join(' ', arguments)}: {await errors}");
    }

    /// <summary>kill -9 for the processes of the pods with a label; Kubernetes is not asked.</summary>
    public async Task KillAsync(string labelSelector, CancellationToken cancellationToken)
    {
        var pods = await Kubernetes.CoreV1.ListPodForAllNamespacesAsync(labelSelector: labelSelector, cancellationToken: cancellationToken);
        var processes = pods.Items.SelectMany(pod => agent.ProcessesOf(pod.Uid()).Values).ToList();
        if (processes.Count == 0) throw new DemoException($"no process runs for {labelSelector}");
        foreach (var process in processes) _ = Signals.Send(-process, Signals.Kill);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part)) await part.DisposeAsync();
    }

    private async Task StartServersAsync(PlaygroundOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, say, cancellationToken);
        parts.Push(controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions(), binaries, cancellationToken));
        say(controlPlane.Description);
        parts.Push(Kafka = await KafkaServer.StartAsync(ServerEnvironment.Current, cancellationToken));
        say(Kafka.Reason);
        var images = new Dictionary<string, IReadOnlyList<string>>
        {
            ["deepfake-operator/operator:dev"] = Repository.Program("DeepfakeOperator.Operator"),
            ["deepfake-operator/worker:dev"] = Repository.Program("DeepfakeOperator.Worker"),
        };
        var agentOptions = new NodeAgentOptions { Gpus = options.Gpus, Images = images };
        parts.Push(agent = await NodeAgent.StartAsync(controlPlane, agentOptions, say, cancellationToken));
        manifests = new ManifestApplier(Kubernetes);
        ScanJobs = new ScanJobClient(Kubernetes);
    }

    private async Task InstallAsync(Action<string> say, CancellationToken cancellationToken)
    {
        foreach (var crd in Directory.EnumerateFiles(Repository.PathOf("crds"), "*.yaml").Order())
            await manifests.ApplyFileAsync(crd, cancellationToken);
        await manifests.ApplyAsync(await OperatorRoleAsync(cancellationToken), cancellationToken);
        await manifests.ApplyFileAsync(Repository.PathOf("tests", "DeepfakeOperator.Demo", "operator.yaml"), cancellationToken);
        await manifests.ApplyFileAsync(Repository.PathOf("models", "upsampling-trace", "detector.yaml"), cancellationToken);
        say("installed the CRDs, the operator with its own ServiceAccount, and the bundled detector");
        await WaitAsync("the operator", async () =>
        {
            var apps = Kubernetes.AppsV1;
            var deployment = await apps.ReadNamespacedDeploymentAsync("deepfake-operator", SystemNamespace, cancellationToken: cancellationToken);
            return deployment.Status?.ReadyReplicas > 0;
        }, cancellationToken);
        await WaitAsync("the bundled detector", async () =>
        {
            var detector = await ScanJobs.GetClusterDetectorAsync("upsampling-trace", cancellationToken);
            return detector.Status?.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
        }, cancellationToken);
        say("the operator is ready and has checked the bundled detector");
    }

    /// <summary>The rules that the chart grants, and no other: what works here works there.</summary>
    private static async Task<JsonObject> OperatorRoleAsync(CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("charts", "deepfake-operator", "files", "operator-rules.yaml"), cancellationToken);
        var role = ManifestApplier.Parse("rules:\n" + text)[0];
        role["apiVersion"] = "rbac.authorization.k8s.io/v1";
        role["kind"] = "ClusterRole";
        role["metadata"] = new JsonObject { ["name"] = "deepfake-operator" };
        return role;
    }

    private async Task WaitAsync(string what, Func<Task<bool>> ready, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (!await ready()) await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoException($"{what} was not ready after {Patience.TotalMinutes:0} minutes; its logs:\n{Logs()}");
        }
    }

    private string Logs() => string.Join('\n', Directory.EnumerateFiles(agent.LogFolder, "*.log", SearchOption.AllDirectories)
        .Select(path => $"{path}:\n{string.Join('\n', File.ReadLines(path).TakeLast(15))}"));
}
