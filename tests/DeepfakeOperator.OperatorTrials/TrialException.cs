namespace DeepfakeOperator.OperatorTrials;

/// <summary>The trial cannot go on; the message says what was waited for and what was found.</summary>
internal sealed class TrialException(string message) : Exception(message);
