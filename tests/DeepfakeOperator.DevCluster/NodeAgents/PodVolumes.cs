using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>Makes a pod's volumes as folders of the host.</summary>
internal sealed class PodVolumes(IKubernetes kubernetes, V1Pod pod, string folder)
{
    private readonly PodVolumeSources sources = new(kubernetes, pod);

    /// <summary>The folder (or file) of each volume, by volume name.</summary>
    public Dictionary<string, string> Folders { get; } = [];

    /// <summary>Makes or refreshes all of them.</summary>
    /// <exception cref="PodConfigException">A source is missing or of a kind that is not supported.</exception>
    public async Task MaterialiseAsync(CancellationToken cancellationToken)
    {
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            if (volume.HostPath is { } host)
            {
                if (host.Type == "DirectoryOrCreate") Directory.CreateDirectory(host.Path);
                if (!Path.Exists(host.Path)) throw new PodConfigException($"volume {volume.Name}: hostPath {host.Path} does not exist");
                Folders[volume.Name] = host.Path;
                continue;
            }
            var path = Folders[volume.Name] = Directory.CreateDirectory(Path.Combine(folder, "volumes", volume.Name)).FullName;
            if (volume.EmptyDir is null) Replace(path, await sources.ReadAsync(volume, cancellationToken));
        }
    }

    private static void Replace(string folder, Dictionary<string, byte[]> files)
    {
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Renamed into place, so that a reader never sees half a token.
            File.WriteAllBytes(path + ".new", content);
            File.Move(path + ".new", path, overwrite: true);
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            if (!files.ContainsKey(Path.GetRelativePath(folder, path))) File.Delete(path);
    }
}
