namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>A container cannot be started as its pod is written, at least not now; the message goes into the pod's status.</summary>
internal sealed class PodConfigException(string message) : Exception(message);
