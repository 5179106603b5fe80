using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Processes;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>
/// What takes the place of a pod's namespaces: which real folder stands for a mountPath, and which real port for a containerPort. Processes see the
/// host's files and share its
/// loopback, so both are rewritten where a container is told about them: in its command, arguments and environment values, and in its probes. A
/// program that knows such
/// a path or port by heart cannot be helped.
/// </summary>
internal sealed class PodSandbox
{
    private const string AccountMount = "/var/run/secrets/kubernetes.io/serviceaccount";
    private readonly V1Pod pod;
    private readonly ControlPlane controlPlane;
    private readonly string folder;
    private readonly PodVolumes volumes;
    private readonly Dictionary<string, string> ports;

    public PodSandbox(V1Pod pod, ControlPlane controlPlane, string folder, PodVolumes volumes)
    {
        (this.pod, this.controlPlane, this.folder, this.volumes) = (pod, controlPlane, folder, volumes);
        // Who asks for the host's network asks for its ports.
        int[] declared = pod.Spec.HostNetwork == true ? []
            : [.. pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).SelectMany(container => container.Ports ?? [])
                .Select(port => port.ContainerPort).Distinct()];
        ports = declared.Zip(FreePort.Take(declared.Length)).ToDictionary(pair => Text(pair.First), pair => Text(pair.Second));
    }

    /// <summary>The real port behind a probe's port, which may be a number or a declared name.</summary>
    public int Port(V1Container container, IntOrString port)
    {
        var declared = int.TryParse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? port.Value
            : container.Ports?.FirstOrDefault(candidate => candidate.Name == port.Value) is { } named ? Text(named.ContainerPort)
            : throw new PodConfigException($"container {container.Name} declares no port {port.Value}");
        return int.Parse(ports.GetValueOrDefault(declared, declared), CultureInfo.InvariantCulture);
    }

    /// <summary>The file that stands for a container's terminationMessagePath.</summary>
    public string TerminationMessage(V1Container container) => Path.Combine(folder, container.Name + ".termination");

    /// <summary>
    /// A text with mount paths and port numbers replaced by the real ones. In one pass: what was put in may itself begin with a mount path such as
    /// /tmp.
    /// </summary>
    public string Rewrite(V1Container container, string text)
    {
        var paths = Mounts(container);
        // Whole paths only: /etc/deepfake matches neither in /etc/deepfake-other nor in /opt/etc/deepfake.
        var path = @"(?<=file://|^|[^\w./-])(?:" + string.Join('|', paths.Keys.OrderByDescending(from => from.Length).Select(Regex.Escape))
            + @")(?![\w.-])";
        // A whole word, the value of a flag, or behind an address of this host: "8080", "--port=8080", "http://0.0.0.0:8080".
        var port = @"(?<=^|=|(?:^|=|127\.0\.0\.1|0\.0\.0\.0|localhost|\[::1?\]|\*|\+):)(?:" + string.Join('|', ports.Keys.DefaultIfEmpty("(?!)"))
            + @")(?=$|[/,;])";
        return Regex.Replace(text, $"{path}|{port}", match => paths.GetValueOrDefault(match.Value) ?? ports[match.Value]);
    }

    /// <summary>What a container finds in its environment without asking: its name, its own temporary folder, and the API server.</summary>
    public async Task<Dictionary<string, string>> EnvironmentAsync(V1Container container, CancellationToken cancellationToken)
    {
        var server = new Uri(controlPlane.Server);
        var environment = new Dictionary<string, string>
        {
            ["HOSTNAME"] = pod.Name(),
            ["TMPDIR"] = Mounts(container).GetValueOrDefault("/tmp") ?? Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName,
            ["KUBERNETES_SERVICE_HOST"] = server.Host,
            ["KUBERNETES_SERVICE_PORT"] = Text(server.Port),
        };
        if (container.VolumeMounts?.FirstOrDefault(mount => mount.MountPath == AccountMount) is not { } account) return environment;
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(controlPlane.AuthorityPem));
        // A kubeconfig, as the usual place is a path that we cannot give it.
        var token = Path.Combine(volumes.Folders[account.Name], "token");
        var path = environment["KUBECONFIG"] = Path.Combine(folder, "kubeconfig");
        await File.WriteAllTextAsync(path, $$$"""
            apiVersion: v1
            kind: Config
            current-context: pod
            clusters: [{name: pod, cluster: {server: "{{{controlPlane.Server}}}", certificate-authority-data: {{{authority}}} }}]
            users: [{name: pod, user: {tokenFile: "{{{token}}}" }}]
            contexts: [{name: pod, context: {cluster: pod, user: pod, namespace: "{{{pod.Namespace()}}}" }}]
            """, cancellationToken);
        return environment;
    }

    private Dictionary<string, string> Mounts(V1Container container)
    {
        var mounts = new Dictionary<string, string> { [container.TerminationMessagePath ?? "/dev/termination-log"] = TerminationMessage(container) };
        foreach (var mount in container.VolumeMounts ?? [])
        {
            if (mount.SubPathExpr is { Length: > 0 }) throw new PodConfigException($"volumeMount {mount.MountPath}: subPathExpr is not supported");
            var target = Path.Combine(volumes.Folders[mount.Name], mount.SubPath ?? "").TrimEnd('/');
            if (!Path.Exists(target)) Directory.CreateDirectory(target);
            mounts[mount.MountPath.TrimEnd('/')] = target;
        }
        return mounts;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
