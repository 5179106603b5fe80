using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From the raw output tensors of one unit to what they mean, each by its kind.</summary>
internal sealed class OutputReader(IReadOnlyList<OutputSpec> outputs, int[] widths)
{
    private readonly ScoreReader _scores = new(outputs);

    /// <summary>The values of each output, apart.</summary>
    internal IReadOnlyList<float[]> Split(ReadOnlySpan<float> values)
    {
        var tensors = new float[widths.Length][];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = values[..widths[i]].ToArray();
            values = values[widths[i]..];
        }
        return tensors;
    }

    /// <summary>Values of one unit for every output, in the order of the descriptor, concatenated.</summary>
    /// <exception cref="ScanPipelineItemException">A value is not finite, or is not what the descriptor says it is.</exception>
    internal UnitReading Read(ReadOnlySpan<float> values) => new(_scores.Read(values, widths));
}
