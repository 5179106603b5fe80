using System.Globalization;
using System.Text.RegularExpressions;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Processes;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>
/// What takes the place of a pod's namespaces: which real folder stands for a mountPath, and which real port for a containerPort. Processes see the host's files and share its
/// loopback, so both are rewritten where a container is told about them: in its command, arguments and environment values, and in its probes.
/// </summary>
internal sealed partial class PodSandbox
{
    private const string AccountMount = "/var/run/secrets/kubernetes.io/serviceaccount";
    private readonly V1Pod pod;
    private readonly ControlPlane controlPlane;
    private readonly string folder;
    private readonly PodVolumes volumes;
    private readonly Dictionary<int, int> ports;

    public PodSandbox(V1Pod pod, ControlPlane controlPlane, string folder, PodVolumes volumes)
    {
        (this.pod, this.controlPlane, this.folder, this.volumes) = (pod, controlPlane, folder, volumes);
        var declared = pod.Spec.Containers.SelectMany(container => container.Ports ?? []).Select(port => port.ContainerPort).Distinct().ToArray();
        ports = declared.Zip(FreePort.Take(declared.Length)).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>The real port behind a probe's port, which may be a number or a declared name.</summary>
    public int Port(V1Container container, IntOrString port)
    {
        var declared = int.TryParse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : container.Ports?.FirstOrDefault(candidate => candidate.Name == port.Value)?.ContainerPort
              ?? throw new PodConfigException($"container {container.Name} declares no port {port.Value}");
        return ports.GetValueOrDefault(declared, declared);
    }

    /// <summary>The file that stands for a container's terminationMessagePath.</summary>
    public string TerminationMessage(V1Container container) => Path.Combine(folder, container.Name + ".termination");

    /// <summary>A text with mount paths and port numbers replaced by the real ones.</summary>
    public string Rewrite(V1Container container, string text)
    {
        foreach (var (from, to) in Mounts(container)) text = ReplacePath(text, from, to);
        foreach (var (from, to) in ports)
            text = Regex.Replace(text, $@"(?<=^|[:=]){from}(?=$|[/,])", to.ToString(CultureInfo.InvariantCulture));
        return text;
    }

    /// <summary>What a client in a pod finds in its environment, as a kubeconfig because its usual place is a path that we cannot give it.</summary>
    public async Task<Dictionary<string, string>> ApiAccessAsync(V1Container container, CancellationToken cancellationToken)
    {
        var server = new Uri(controlPlane.Server);
        var environment = new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = server.Host,
            ["KUBERNETES_SERVICE_PORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
        };
        if (container.VolumeMounts?.FirstOrDefault(mount => mount.MountPath == AccountMount) is not { } account) return environment;
        var token = Path.Combine(volumes.Folders[account.Name], "token");
        var path = Path.Combine(folder, "kubeconfig");
        await File.WriteAllTextAsync(path, $$$"""
            apiVersion: v1
            kind: Config
            current-context: pod
            clusters: [{name: pod, cluster: {server: "{{{controlPlane.Server}}}", certificate-authority-data: {{{Base64(controlPlane.AuthorityPem)}}} }}]
            users: [{name: pod, user: {tokenFile: "{{{token}}}" }}]
            contexts: [{name: pod, context: {cluster: pod, user: pod, namespace: "{{{pod.Namespace()}}}" }}]
            """, cancellationToken);
        environment["KUBECONFIG"] = path;
        return environment;
    }

    private IEnumerable<(string From, string To)> Mounts(V1Container container) =>
        (container.VolumeMounts ?? [])
            .Select(mount => (mount.MountPath, To: Path.Combine(volumes.Folders[mount.Name], mount.SubPath ?? "").TrimEnd('/')))
            .Append((container.TerminationMessagePath ?? "/dev/termination-log", TerminationMessage(container)))
            .Where(pair => pair.Item1 != pair.Item2)
            .OrderByDescending(pair => pair.Item1.Length);

    // At path boundaries only: /etc/deepfake must not match /etc/deepfake-other or /opt/etc/deepfake.
    private static string ReplacePath(string text, string from, string to) =>
        Regex.Replace(text, $@"(?<![\w./-]){Regex.Escape(from.TrimEnd('/'))}(?=$|[/\s:,;""'])", to.Replace("$", "$$", StringComparison.Ordinal));

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
