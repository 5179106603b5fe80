namespace DeepfakeOperator.DevCluster;

/// <summary>Whether a container engine answers.</summary>
internal static class Docker
{
    /// <summary>True where DOCKER_HOST is set or the engine's socket is there; the client alone is not enough.</summary>
    public static bool IsAvailable() =>
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } || File.Exists("/var/run/docker.sock");
}
