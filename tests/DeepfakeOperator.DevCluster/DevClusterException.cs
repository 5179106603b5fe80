namespace DeepfakeOperator.DevCluster;

/// <summary>A server could not be had or did not start; the message says what to do.</summary>
public sealed class DevClusterException(string message) : Exception(message);
