namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>A container cannot be started as its pod is written, at least not now; reason and message go into the pod's status.</summary>
internal sealed class PodConfigException(string message, string reason = "CreateContainerConfigError") : Exception(message)
{
    /// <summary>The kubelet's word for it.</summary>
    public string Reason => reason;
}
