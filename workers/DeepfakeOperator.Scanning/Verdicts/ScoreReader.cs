using System.Globalization;
using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From the values of one output to P(fake), by its kind and polarity.</summary>
internal static class ScoreReader
{
    // A model's own softmax or sigmoid in half precision may overshoot 0..1 by its rounding.
    private const float Slack = 1e-3f;

    /// <exception cref="ScanPipelineItemException">A value is no number, or infinite.</exception>
    internal static void CheckFinite(OutputSpec output, ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) throw ScanPipelineItemException.Infer($"output '{output.Name}' of the model is not a finite number");
        }
    }

    /// <summary>P(fake) of a kind that gives one score a unit.</summary>
    /// <exception cref="ScanPipelineItemException">It is no probability where the descriptor says it is one.</exception>
    internal static RawScore Read(OutputSpec output, int index, ReadOnlySpan<float> values)
    {
        var polarity = output.Polarity!;
        if (output.Kind == OutputKind.SoftmaxLogits) return RawScore.FromLogit(SoftmaxLogit(values, polarity.FakeIndex!.Value));
        var value = values[polarity.FakeIndex ?? 0];
        // A distance has no natural probability: it enters as a logit, which calibration Platt shifts and scales.
        if (output.Kind is OutputKind.SigmoidLogit or OutputKind.Distance) return RawScore.FromLogit(polarity.HighIsFake == false ? -(double)value : value);
        return Probability(output, index, value);
    }

    /// <summary>P(fake) of a value that is a probability.</summary>
    /// <exception cref="ScanPipelineItemException">It is none.</exception>
    internal static RawScore Probability(OutputSpec output, int index, float value)
    {
        if (value is < -Slack or > 1 + Slack)
        {
            throw ScanPipelineItemException.Infer(string.Create(CultureInfo.InvariantCulture,
                $"output '{output.Name}' of the model gave {value:G4}, which is no probability; outputs[{index}].kind is likely wrong"));
        }
        var fake = Math.Clamp((double)value, 0, 1);
        return RawScore.FromProbability(output.Polarity?.HighIsFake == false ? 1 - fake : fake);
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
