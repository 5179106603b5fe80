namespace DeepfakeOperator.Cli;

/// <summary>The command cannot be done as it was given; the message says what to give instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
