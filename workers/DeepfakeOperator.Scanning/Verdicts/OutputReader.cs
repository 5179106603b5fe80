using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From the raw output tensors of one unit to what they mean, each by its kind.</summary>
/// <param name="outputs">What the descriptor says; several may read the same tensor.</param>
/// <param name="tensors">The model's outputs.</param>
internal sealed class OutputReader(IReadOnlyList<OutputSpec> outputs, IReadOnlyList<OutputTensor> tensors)
{
    private readonly OutputTensor[] _tensors = [.. outputs.Select(output => tensors.First(tensor => tensor.Name == output.Name))];

    /// <summary>The values of each of the descriptor's outputs, apart.</summary>
    internal IReadOnlyList<float[]> Split(ReadOnlySpan<float> values)
    {
        var apart = new float[_tensors.Length][];
        for (var i = 0; i < apart.Length; i++) apart[i] = _tensors[i].Of(values).ToArray();
        return apart;
    }

    /// <summary>Values of one unit for every tensor, concatenated.</summary>
    /// <exception cref="ScanPipelineItemException">A value is not finite, or is not what the descriptor says it is.</exception>
    internal UnitReading Read(ReadOnlySpan<float> values)
    {
        var reading = new UnitReading(null);
        double sum = 0, weights = 0;
        RawScore? only = null;
        for (var i = 0; i < outputs.Count; i++)
        {
            var tensor = _tensors[i];
            var (score, read) = ReadOne(outputs[i], i, tensor.Of(values), tensor.UnitShape, reading);
            reading = read;
            if (score is not { } given) continue;
            only = weights > 0 ? null : given;
            sum += outputs[i].Weight * given.Probability;
            weights += outputs[i].Weight;
        }
        // One score alone keeps its logit.
        return weights > 0 ? reading with { Score = only ?? RawScore.FromProbability(sum / weights) } : reading;
    }

    private static (RawScore? Score, UnitReading Reading) ReadOne(
        OutputSpec output, int index, ReadOnlySpan<float> values, long[] shape, UnitReading reading)
    {
        ScoreReader.CheckFinite(output, values);
        switch (output.Kind)
        {
            case OutputKind.Mask:
                return (null, reading with { Mask = PixelMask.Read(values, shape, output.Mask ?? new MaskSpec()) });
            case OutputKind.Attribution:
                return (null, reading with { Generators = Softmax(values) });
            case OutputKind.PerFrame:
                var frames = new RawScore[values.Length];
                for (var i = 0; i < frames.Length; i++) frames[i] = ScoreReader.Probability(output, index, values[i]);
                return (RawScore.FromProbability(frames.Average(frame => frame.Probability)), reading with { Frames = frames });
            case OutputKind.Segments:
                var segments = Segments(output, index, values);
                return (RawScore.FromProbability(segments.Select(segment => segment.Score).DefaultIfEmpty(0).Max()), reading with { Segments = segments });
            default:
                return (output.Polarity is null ? null : ScoreReader.Read(output, index, values), reading);
        }
    }

    /// <summary>Rows of start, end and score; a row that ends before it starts is the padding of a model with a fixed number of rows.</summary>
    private static List<(double Start, double End, double Score)> Segments(OutputSpec output, int index, ReadOnlySpan<float> values)
    {
        var segments = new List<(double, double, double)>();
        for (var at = 0; at + 2 < values.Length; at += 3)
        {
            if (values[at + 1] <= values[at]) continue;
            segments.Add((values[at], values[at + 1], ScoreReader.Probability(output, index, values[at + 2]).Probability));
        }
        return segments;
    }

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        var result = new double[logits.Length];
        double highest = double.NegativeInfinity, sum = 0;
        foreach (var logit in logits) highest = Math.Max(highest, logit);
        for (var i = 0; i < result.Length; i++) sum += result[i] = Math.Exp(logits[i] - highest);
        for (var i = 0; i < result.Length; i++) result[i] /= sum;
        return result;
    }
}
