namespace DeepfakeOperator.Scanning;

/// <summary>The raw output tensors of one unit.</summary>
/// <param name="Item">Id of the item.</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Unit">The unit's place in the item: units of one detector are in order of it.</param>
/// <param name="Values">For each output of the descriptor, its values in row order.</param>
public sealed record RawOutputs(string Item, string Detector, long Unit, IReadOnlyList<float[]> Values);
