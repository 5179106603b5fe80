namespace DeepfakeOperator.Scanning;

/// <summary>
/// This process cannot do its work and a retry inside it would not help: a provider is missing, a model does not load, the device is lost.
/// The host exits non-zero and leaves the message, which is fit for a condition: it names the field and says what to do, and holds no secret.
/// </summary>
/// <param name="message">What is wrong and what to do about it.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class PodFatalException(string message, Exception? inner = null) : Exception(message, inner);
