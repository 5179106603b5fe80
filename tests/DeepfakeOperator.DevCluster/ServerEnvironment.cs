namespace DeepfakeOperator.DevCluster;

/// <summary>The environment variables that say where servers come from.</summary>
public static class ServerEnvironment
{
    /// <summary>Those of this process.</summary>
    public static IReadOnlyDictionary<string, string?> Current { get; } =
        new[] { "KUBEBUILDER_ASSETS", "KAFKA_BOOTSTRAP", "KAFKA_HOME", "DOCKER_HOST", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME" }
            .ToDictionary(name => name, Environment.GetEnvironmentVariable);
}
