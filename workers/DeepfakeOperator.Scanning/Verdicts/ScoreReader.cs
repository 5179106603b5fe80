using System.Globalization;
using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From a model's raw output values to P(fake), by each output's kind and polarity.</summary>
internal sealed class ScoreReader(IReadOnlyList<OutputSpec> outputs)
{
    // A model's own softmax or sigmoid in half precision may overshoot 0..1 by its rounding.
    private const float Slack = 1e-3f;

    /// <summary>Values of one unit for every output, each output's in the order of the descriptor, concatenated.</summary>
    /// <exception cref="ScanPipelineItemException">A value is not finite, or is no probability where the descriptor says it is one.</exception>
    internal RawScore Read(ReadOnlySpan<float> values, ReadOnlySpan<int> widths)
    {
        if (outputs.Count == 1) return ReadOne(outputs[0], 0, values[..widths[0]]);
        double sum = 0, weights = 0;
        var start = 0;
        for (var index = 0; index < outputs.Count; index++)
        {
            sum += outputs[index].Weight * ReadOne(outputs[index], index, values.Slice(start, widths[index])).Probability;
            weights += outputs[index].Weight;
            start += widths[index];
        }
        return RawScore.FromProbability(sum / weights);
    }

    private static RawScore ReadOne(OutputSpec output, int index, ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) throw ScanPipelineItemException.Infer($"output '{output.Name}' of the model is not a finite number");
        }
        var polarity = output.Polarity!;
        if (output.Kind == OutputKind.SoftmaxLogits) return RawScore.FromLogit(SoftmaxLogit(values, polarity.FakeIndex!.Value));
        var fake = (double)values[polarity.FakeIndex ?? 0];
        var flip = polarity.HighIsFake == false;
        if (output.Kind == OutputKind.SigmoidLogit) return RawScore.FromLogit(flip ? -fake : fake);
        if (fake is < -Slack or > 1 + Slack)
        {
            throw ScanPipelineItemException.Infer(string.Create(CultureInfo.InvariantCulture,
                $"output '{output.Name}' of the model gave {fake:G4}, which is no probability; outputs[{index}].kind is likely wrong"));
        }
        fake = Math.Clamp(fake, 0, 1);
        return RawScore.FromProbability(flip ? 1 - fake : fake);
    }

    /// <summary>ln(p ÷ (1 − p)) of one class of a softmax: its logit less the log-sum-exp of the others.</summary>
    private static double SoftmaxLogit(ReadOnlySpan<float> logits, int index)
    {
        var highest = double.NegativeInfinity;
        for (var i = 0; i < logits.Length; i++) if (i != index) highest = Math.Max(highest, logits[i]);
        double sum = 0;
        for (var i = 0; i < logits.Length; i++) if (i != index) sum += Math.Exp(logits[i] - highest);
        return logits[index] - highest - Math.Log(sum);
    }
}
