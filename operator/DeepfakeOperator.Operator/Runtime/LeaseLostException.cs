namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Another process may reconcile by now: this one must end at once.</summary>
internal sealed class LeaseLostException(string message) : Exception(message);
