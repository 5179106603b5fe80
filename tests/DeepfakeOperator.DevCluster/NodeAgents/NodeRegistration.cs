using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>The node's own objects: the Node with its conditions and capacity, and the lease that shows it alive.</summary>
internal sealed class NodeRegistration(IKubernetes kubernetes, NodeAgentOptions options)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private readonly DateTime started = TimeProvider.System.GetUtcNow().UtcDateTime;

    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var node = new V1Node
        {
            Metadata = new V1ObjectMeta
            {
                Name = options.Name,
                Labels = new Dictionary<string, string>
                {
                    ["kubernetes.io/hostname"] = options.Name,
                    ["kubernetes.io/os"] = "linux",
                    ["kubernetes.io/arch"] = "amd64",
                },
            },
            Spec = new V1NodeSpec { Unschedulable = options.Cordoned ? true : null },
        };
        try
        {
            await kubernetes.CoreV1.CreateNodeAsync(node, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException error) when (error.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // An earlier agent's: this one takes its place.
        }
        await ReportAsync(cancellationToken);
    }

    public async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            do
            {
                try
                {
                    await RenewLeaseAsync(cancellationToken);
                    await ReportAsync(cancellationToken);
                }
                catch (Exception error) when (error is HttpRequestException or HttpOperationException)
                {
                    // Away for a moment; the node controller allows forty seconds.
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var capacity = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new("64"),
            ["memory"] = new("256Gi"),
            ["pods"] = new("500"),
            ["ephemeral-storage"] = new("100Gi"),
        };
        if (options.Gpus > 0) capacity["nvidia.com/gpu"] = new(options.Gpus.ToString(System.Globalization.CultureInfo.InvariantCulture));
        V1NodeCondition Condition(string type, string status, string reason) =>
            new() { Type = type, Status = status, Reason = reason, Message = reason, LastHeartbeatTime = now, LastTransitionTime = started };
        var status = new V1NodeStatus
        {
            Capacity = capacity,
            Allocatable = capacity,
            Conditions =
            [
                Condition("Ready", "True", "AgentReady"),
                Condition("MemoryPressure", "False", "AgentHasSufficientMemory"),
                Condition("DiskPressure", "False", "AgentHasNoDiskPressure"),
                Condition("PIDPressure", "False", "AgentHasSufficientPID"),
            ],
            Addresses = [new V1NodeAddress { Type = "InternalIP", Address = "127.0.0.1" },
                new V1NodeAddress { Type = "Hostname", Address = options.Name }],
            NodeInfo = new V1NodeSystemInfo
            {
                Architecture = "amd64",
                BootID = "",
                ContainerRuntimeVersion = "process://1",
                KernelVersion = Environment.OSVersion.Version.ToString(),
                KubeletVersion = "devcluster",
                KubeProxyVersion = "",
                MachineID = "",
                OperatingSystem = "linux",
                OsImage = "local processes",
                SystemUUID = "",
            },
        };
        await kubernetes.CoreV1.PatchNodeStatusAsync(
            new V1Patch(new { status }, V1Patch.PatchType.StrategicMergePatch), options.Name, cancellationToken: cancellationToken);
    }

    private async Task RenewLeaseAsync(CancellationToken cancellationToken)
    {
        var lease = new V1Lease
        {
            Metadata = new V1ObjectMeta { Name = options.Name, NamespaceProperty = "kube-node-lease" },
            Spec = new V1LeaseSpec { HolderIdentity = options.Name, LeaseDurationSeconds = 40, RenewTime = TimeProvider.System.GetUtcNow()
                .UtcDateTime },
        };
        try
        {
            await kubernetes.CoordinationV1.PatchNamespacedLeaseAsync(
                new V1Patch(new { spec = lease.Spec }, V1Patch.PatchType.MergePatch), options.Name, "kube-node-lease",
                    cancellationToken: cancellationToken);
        }
        catch (HttpOperationException error) when (error.Response.StatusCode == HttpStatusCode.NotFound)
        {
            await kubernetes.CoordinationV1.CreateNamespacedLeaseAsync(lease, "kube-node-lease", cancellationToken: cancellationToken);
        }
    }
}
