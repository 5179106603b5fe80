namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Whose slot of a batch it is.</summary>
/// <param name="Receiver">Gets the outcome.</param>
/// <param name="Detector">Index of the detector.</param>
/// <param name="Unit">Which unit of the receiver's.</param>
internal readonly record struct BatchUnit(IUnitReceiver Receiver, int Detector, Unit Unit);
