namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A detector cannot be run as it is described. The message names the field and says what to do.</summary>
/// <param name="reason">One CamelCase word for a condition.</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">The cause, or null.</param>
internal sealed class DetectorException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    internal string Reason { get; } = reason;
}
