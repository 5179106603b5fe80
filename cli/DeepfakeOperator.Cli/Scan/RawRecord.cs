namespace DeepfakeOperator.Cli.Scan;

/// <summary>The raw output tensors of one unit, as <c>--raw</c> writes them.</summary>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Unit">Which of its units, in order, from 0.</param>
/// <param name="Outputs">Its output tensors, in the order of the descriptor.</param>
internal sealed record RawRecord(string Detector, int Unit, IReadOnlyList<RawRecord.Tensor> Outputs)
{
    /// <param name="Name">Name in the graph.</param>
    /// <param name="Values">Its values, in row order.</param>
    internal sealed record Tensor(string Name, IReadOnlyList<float> Values);
}
