namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>What a node is.</summary>
public sealed record NodeAgentOptions
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "local";

    /// <summary>How many nvidia.com/gpu it claims to have.</summary>
    public int Gpus { get; init; }

    /// <summary>True: only pods that name this node come here; the scheduler leaves it out.</summary>
    public bool Cordoned { get; init; }

    /// <summary>For each image a pod may name, the command that its entry point stands for; empty where pods bring their own command.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Images { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How often mounted secrets, config maps and tokens are brought up to date.</summary>
    public TimeSpan RefreshPeriod { get; init; } = TimeSpan.FromMinutes(1);
}
