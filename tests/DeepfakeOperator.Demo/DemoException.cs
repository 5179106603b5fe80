namespace DeepfakeOperator.Demo;

/// <summary>Something a person can mend; the message says how and is all that is shown.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class DemoException(string message) : Exception(message);
