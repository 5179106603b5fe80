namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>What a control plane is to have.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>False: only etcd and the API server, enough for schemas and faster.</summary>
    public bool WithControllers { get; init; } = true;
}
