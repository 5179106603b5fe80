using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Audio;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// What this worker can run. A field that it would have to ignore is a reason to refuse the detector: a score that silently means something else is
/// worse than none.
/// </summary>
internal static class DetectorSupport
{
    /// <summary>Everything that stands in the way, each naming its field; empty: it can run.</summary>
    internal static IReadOnlyList<string> Problems(DetectorSpec spec)
    {
        var units = spec.Modality switch
        {
            Modality.Audio => AudioSupport.Problems(spec),
            Modality.AudioVisual => AudioVisualSupport.Problems(spec),
            _ => VisionSupport.Problems(spec),
        };
        return [.. Common(spec), .. units, .. Outputs(spec), .. Scores(spec)];
    }

    private static IEnumerable<string> Common(DetectorSpec spec)
    {
        if (spec.Role == DetectorRole.VoiceActivity) yield return $"role: {spec.Role} is not run by itself, only for other detectors";
        if (spec.Model is null) yield return "model: required";
        if (spec.MaxBatch < 1) yield return "maxBatch: must be 1 or more";
        for (var i = 0; i < spec.Inputs.Count; i++)
        {
            if (spec.Inputs[i].State is not null || spec.Inputs[i].Value is not null)
                yield return $"inputs[{i}].state, inputs[{i}].value: for role VoiceActivity only; make it a constant of the graph";
        }
    }

    private static IEnumerable<string> Outputs(DetectorSpec spec)
    {
        if (spec.Role != DetectorRole.Detector) yield break;
        if (spec.Outputs.Count == 0) yield return "outputs: at least one";
        else if (spec.Outputs.All(output => output.Kind is OutputKind.Mask or OutputKind.Attribution)) yield return "outputs: at least one must give a score";
        for (var i = 0; i < spec.Outputs.Count; i++)
        {
            var output = spec.Outputs[i];
            if (output.Kind is OutputKind.Mask) continue;
            if (output.Kind == OutputKind.Attribution)
            {
                if (output.Labels.Count == 0) yield return $"outputs[{i}].labels: required, the names of the generators";
                continue;
            }
            if (output.Kind == OutputKind.Text) yield return $"outputs[{i}].kind: Text is of modality Remote";
            var polarity = output.Polarity;
            if (polarity is null || (polarity.FakeIndex is null) == (polarity.HighIsFake is null))
                yield return $"outputs[{i}].polarity: exactly one of fakeIndex and highIsFake; there is no default";
            else if (polarity.FakeIndex is null && output.Kind is OutputKind.SoftmaxLogits or OutputKind.ClassScores)
                yield return $"outputs[{i}].polarity.fakeIndex: required for {output.Kind}";
            else if (polarity.HighIsFake is null && output.Kind is OutputKind.PerFrame or OutputKind.Segments or OutputKind.Distance)
                yield return $"outputs[{i}].polarity.highIsFake: required for {output.Kind}";
            else if (polarity.FakeIndex < 0) yield return $"outputs[{i}].polarity.fakeIndex: 0 or more";
            if (!(output.Weight > 0)) yield return $"outputs[{i}].weight: must be above 0";
        }
    }

    private static IEnumerable<string> Scores(DetectorSpec spec)
    {
        var aggregation = spec.Aggregation;
        var wantsProbability = aggregation.Method is AggregationMethod.NoisyOr or AggregationMethod.VoteFraction or AggregationMethod.Confident;
        if (aggregation.Space == AggregationSpace.Logit && wantsProbability) yield return $"aggregation.space: {aggregation.Method} is defined on Prob only";
        if (aggregation.Method == AggregationMethod.Consecutive && aggregation.Run < 1) yield return "aggregation.run: 1 or more for Consecutive";
        var calibration = spec.Calibration;
        if (calibration.Method == CalibrationMethod.Temperature && !(calibration.Temperature > 0)) yield return "calibration.temperature: must be above 0";
        if (calibration.Method == CalibrationMethod.Platt && !(calibration.A > 0))
            yield return "calibration.a: must be above 0; outputs[].polarity says which end is fake";
        if (calibration.Method != CalibrationMethod.Isotonic) yield break;
        if (calibration.Points.Count == 0) yield return "calibration.points: at least one for Isotonic";
        for (var i = 1; i < calibration.Points.Count; i++)
        {
            if (calibration.Points[i].Raw < calibration.Points[i - 1].Raw || calibration.Points[i].Calibrated < calibration.Points[i - 1].Calibrated)
                yield return $"calibration.points[{i}]: raw and calibrated must not fall from point to point";
        }
    }
}
