using k8s;
using k8s.Authentication;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Finds the API server and the way to prove who we are.</summary>
internal static class KubernetesConnection
{
    /// <summary>The kubeconfig that is named, else the pod's own service account.</summary>
    public static Kubernetes Open(string? kubeconfig)
    {
        if (string.IsNullOrEmpty(kubeconfig)) return new Kubernetes(KubernetesClientConfiguration.InClusterConfig());
        var file = KubernetesClientConfiguration.LoadKubeConfig(kubeconfig);
        if (TokenFileOf(file, kubeconfig) is not { } tokenFile) return new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigObject(file));

        // KubernetesClient overlooks `tokenFile`; its own reader for a pod's token does the rest, and reads the file again as it rotates.
        UserOf(file)!.UserCredentials.Token = "read from tokenFile";
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(file);
        configuration.TokenProvider = new TokenFileAuth(tokenFile);
        return new Kubernetes(configuration);
    }

    private static string? TokenFileOf(k8s.KubeConfigModels.K8SConfiguration file, string path)
    {
        var root = KubernetesYaml.Deserialize<Dictionary<string, object>>(File.ReadAllText(path));
        var name = UserOf(file)?.Name;
        var credentials = (root.GetValueOrDefault("users") as IEnumerable<object> ?? [])
            .OfType<IDictionary<object, object>>()
            .Where(user => user.TryGetValue("name", out var its) && its as string == name)
            .Select(user => user.TryGetValue("user", out var its) ? its as IDictionary<object, object> : null)
            .FirstOrDefault();
        if (credentials is null || !credentials.TryGetValue("tokenFile", out var tokenFile) || tokenFile is not string { Length: > 0 } relative) return null;
        return Path.GetFullPath(relative, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static k8s.KubeConfigModels.User? UserOf(k8s.KubeConfigModels.K8SConfiguration file)
    {
        var context = file.Contexts?.FirstOrDefault(candidate => candidate.Name == file.CurrentContext)?.ContextDetails;
        return file.Users?.FirstOrDefault(candidate => candidate.Name == context?.User);
    }
}
