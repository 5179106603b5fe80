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
    internal static IReadOnlyList<string> Problems(DetectorSpec spec) => spec.Modality switch
    {
        Modality.Audio => [.. Common(spec), .. AudioSupport.Problems(spec), .. Outputs(spec), .. Scores(spec)],
        _ => [.. Common(spec), .. Shape(spec), .. Image(spec), .. Outputs(spec), .. Scores(spec), .. Rest(spec)],
    };

    private static IEnumerable<string> Common(DetectorSpec spec)
    {
        if (spec.Role != DetectorRole.Detector) yield return $"role: {spec.Role} is not run by itself, only for other detectors";
        if (spec.Model is null) yield return "model: required";
        if (spec.MaxBatch < 1) yield return "maxBatch: must be 1 or more";
        for (var i = 0; i < spec.Inputs.Count; i++)
        {
            if (spec.Inputs[i].State is not null || spec.Inputs[i].Value is not null)
                yield return $"inputs[{i}].state, inputs[{i}].value: for role VoiceActivity only; make it a constant of the graph";
        }
    }

    private static IEnumerable<string> Shape(DetectorSpec spec)
    {
        if (spec.Modality != Modality.Image) yield return $"modality: {spec.Modality} is not supported by this version of the worker; Image is";
        if (spec.Inputs.Count != 1)
        {
            yield return $"inputs: an image detector has exactly one, not {spec.Inputs.Count}";
            yield break;
        }
        var input = spec.Inputs[0];
        if (input.Layout is not (TensorLayout.NCHW or TensorLayout.NHWC)) yield return $"inputs[0].layout: {input.Layout} is not an image's; NCHW or NHWC";
        if (input.Type is not (TensorType.Float32 or TensorType.UInt8)) yield return $"inputs[0].type: {input.Type} is not supported; Float32 or UInt8";
        if (input.Type == TensorType.UInt8 && (spec.Image.Scale != 1 || spec.Image.Mean.Count > 0 || spec.Image.Std.Count > 0))
            yield return "image.scale, image.mean, image.std: without effect on a UInt8 input, whose normalisation is in the graph; remove them";
    }

    private static IEnumerable<string> Image(DetectorSpec spec)
    {
        var image = spec.Image;
        var channels = image.Colour == ColourOrder.Gray ? 1 : 3;
        if (image.Width <= 0 || image.Height <= 0)
        {
            yield return "image.width, image.height: required; inputs of free size are not supported";
            yield break;
        }
        if (image.Width > 4096 || image.Height > 4096) yield return "image.width, image.height: at most 4096";
        if (image.Crop == CropMode.TenCrop) yield return "image.crop: TenCrop is not supported by this version of the worker";
        if (image.Crop == CropMode.None && image.Resize is ResizeMode.None or ResizeMode.ShortSide or ResizeMode.LongSide)
            yield return $"image.crop: None with image.resize {image.Resize} gives pictures of any size, the input has one; use Centre";
        if (image.PadValue is < 0 or > 255) yield return "image.padValue: 0 to 255";
        if (image.Mean.Count is not (0 or 1) && image.Mean.Count != channels) yield return $"image.mean: {channels} values, one a channel";
        if (image.Std.Count is not (0 or 1) && image.Std.Count != channels) yield return $"image.std: {channels} values, one a channel";
        if (image.Std.Any(value => value == 0)) yield return "image.std: 0 cannot be divided by";
        if (spec.Inputs.Count != 1) yield break;
        var input = spec.Inputs[0];
        int[] expected = input.Layout == TensorLayout.NCHW ? [-1, channels, image.Height, image.Width] : [-1, image.Height, image.Width, channels];
        var agrees = input.Shape.Count == 4 && Enumerable.Range(1, 3).All(axis => input.Shape[axis] == -1 || input.Shape[axis] == expected[axis]);
        if (!agrees) yield return $"inputs[0].shape: [{string.Join(", ", input.Shape)}] does not agree with image and layout, which make [{string.Join(", ", expected)}]";
    }

    private static IEnumerable<string> Outputs(DetectorSpec spec)
    {
        if (spec.Outputs.Count == 0) yield return "outputs: at least one";
        for (var i = 0; i < spec.Outputs.Count; i++)
        {
            var output = spec.Outputs[i];
            if (output.Kind is not (OutputKind.SigmoidLogit or OutputKind.Probability or OutputKind.SoftmaxLogits or OutputKind.ClassScores))
            {
                yield return $"outputs[{i}].kind: {output.Kind} is not supported by this version of the worker";
                continue;
            }
            var polarity = output.Polarity;
            if (polarity is null || (polarity.FakeIndex is null) == (polarity.HighIsFake is null))
                yield return $"outputs[{i}].polarity: exactly one of fakeIndex and highIsFake; there is no default";
            else if (polarity.FakeIndex is null && output.Kind is OutputKind.SoftmaxLogits or OutputKind.ClassScores)
                yield return $"outputs[{i}].polarity.fakeIndex: required for {output.Kind}";
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

    private static IEnumerable<string> Rest(DetectorSpec spec)
    {
        var video = spec.Video;
        if (video.Sampling != FrameSampling.Uniform) yield return $"video.sampling: {video.Sampling} is not supported by this version of the worker; Uniform is";
        if (video.ClipLength != 1 || video.Unit != VideoUnit.Frame) yield return "video.clipLength, video.unit: an Image detector looks at single frames";
        if (video.EdgeTrim != 0) yield return "video.edgeTrim: not supported by this version of the worker";
        if (spec.Augmentation.Flip || spec.Augmentation.Scales.Count > 0) yield return "augmentation: not supported by this version of the worker";
        if (spec.Face is not null) yield return "face: without effect on modality Image; remove it";
        if (spec.Audio is not null) yield return "audio: without effect on modality Image; remove it";
        if (spec.Remote is not null) yield return "remote: without effect on modality Image; remove it";
        if (spec.Gates.MinFaces > 0 || spec.Gates.MaxFaces > 0 || spec.Gates.MinFaceSide > 0)
            yield return "gates.minFaces, gates.maxFaces, gates.minFaceSide: faces are not looked for by this version of the worker";
    }
}
