using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Api.Validation;

/// <summary>
/// The rules of <c>crds/detectors.yaml</c> and <c>crds/clusterdetectors.yaml</c>, in their order; those of inputs and outputs are in
/// <see cref="TensorRules"/>.
/// </summary>
internal static class DetectorRules
{
    private static readonly Rule<DetectorSpec>[] Spec =
    [
        new("model", "model is required, except for modality Remote, which has remote instead",
            spec => (spec.Model is not null) == (spec.Modality != Modality.Remote)),
        new("remote", "remote is required for modality Remote, and only there",
            spec => (spec.Remote is not null) == (spec.Modality == Modality.Remote)),
        new("inputs", "a model has at least one input", spec => spec.Modality == Modality.Remote || spec.Inputs.Count > 0),
        new("face", "face is required for modality Face and FaceClip",
            spec => spec.Modality is not (Modality.Face or Modality.FaceClip) || spec.Face is not null),
        new("audio", "audio is required for modality Audio and AudioVisual",
            spec => spec.Modality is not (Modality.Audio or Modality.AudioVisual) || spec.Audio is not null),
        new("video.clipLength", "a clip has 2 frames or more",
            spec => spec.Modality is not (Modality.Clip or Modality.FaceClip) || spec.Video.ClipLength > 1),
        new("video.unit", "unit FaceTrack needs face", spec => spec.Video.Unit != VideoUnit.FaceTrack || spec.Face is not null),
        new("image", "this resize needs width and height, or resizeTo for ShortSide and LongSide",
            spec => spec.Modality is Modality.Audio or Modality.Remote || HasSize(spec.Image)),
        new("modality", "a FaceDetector has modality Image", spec => spec.Role != DetectorRole.FaceDetector || spec.Modality == Modality.Image),
        new("boxes", "boxes is required for role FaceDetector, and only there",
            spec => (spec.Boxes is not null) == (spec.Role == DetectorRole.FaceDetector)),
        new("modality", "a VoiceActivity model has modality Audio",
            spec => spec.Role != DetectorRole.VoiceActivity || spec.Modality == Modality.Audio),
        new("outputs", "a Detector has at least one output that gives a score",
            spec => spec.Role != DetectorRole.Detector
                || spec.Outputs.Any(output => output.Kind is not (OutputKind.Mask or OutputKind.Attribution))),
        new("outputs", "each output that gives a score has a polarity; there is no default for which end means fake",
            spec => spec.Role != DetectorRole.Detector
                || spec.Outputs.All(output => output.Kind is OutputKind.Mask or OutputKind.Attribution or OutputKind.Text || output.Polarity is not null)),
        new("conformance", "conformance.boxes is required for role FaceDetector, and only there",
            spec => spec.Conformance is null || (spec.Conformance.Boxes.Count > 0) == (spec.Role == DetectorRole.FaceDetector)),
        new("conformance", "conformance.score is required, P(fake) of the input before calibration; only it shows a wrong polarity",
            spec => spec.Role != DetectorRole.Detector || spec.Modality == Modality.Remote || spec.Conformance is null or { Score: not null }),
    ];

    private static readonly Rule<ImageSpec>[] Image =
    [
        new("crop", "a crop needs width and height", image => image.Crop == CropMode.None || (image.Width > 0 && image.Height > 0)),
        new("mean", "mean has one value, one for each of 3 channels, or none", image => image.Mean.Count is 0 or 1 or 3),
        new("std", "std has one value, one for each of 3 channels, or none", image => image.Std.Count is 0 or 1 or 3),
    ];

    private static readonly Rule<FaceSpec>[] Face =
    [
        new("margin", "margin has two values, horizontal and vertical, with box Margin, and none otherwise",
            face => face.Margin.Count == (face.Box == FaceBox.Margin ? 2 : 0)),
        new("maxFaces", "more than one face needs selection All", face => face.Selection == FaceSelection.All || face.MaxFaces == 1),
    ];

    private static readonly Rule<BoxesSpec>[] Boxes =
    [
        new("levels", "format Corners has one level", boxes => boxes.Format == BoxFormat.Grid || boxes.Levels.Count == 1),
        new("levels", "stride is required with format Grid, and only then",
            boxes => boxes.Levels.All(level => (boxes.Format == BoxFormat.Grid) == (level.Stride > 0))),
    ];

    private static readonly Rule<VideoSpec>[] Video =
    [
        new("fps", "fps is required with sampling Fps, and only then", video => (video.Sampling == FrameSampling.Fps) == (video.Fps > 0)),
    ];

    private static readonly Rule<AudioSpec>[] Audio =
    [
        new("hop", "hop is required with crop Slide, and only then", audio => (audio.Crop == AudioCrop.Slide) == (audio.Hop > 0)),
    ];

    private static readonly Rule<CalibrationSpec>[] Calibration =
    [
        new("temperature", "temperature belongs to method Temperature",
            calibration => calibration.Temperature == 1 || calibration.Method == CalibrationMethod.Temperature),
        new("", "a and b belong to method Platt",
            calibration => calibration is { A: 1, B: 0 } || calibration.Method == CalibrationMethod.Platt),
        new("points", "points are required with method Isotonic, and only then",
            calibration => (calibration.Method == CalibrationMethod.Isotonic) == (calibration.Points.Count > 0)),
        new("points", "raw and calibrated must not fall from point to point",
            calibration => calibration.Points.Zip(calibration.Points.Skip(1)).All(pair =>
                pair.First.Raw <= pair.Second.Raw && pair.First.Calibrated <= pair.Second.Calibrated)),
    ];

    private static readonly Rule<AggregationSpec>[] Aggregation =
    [
        new("run", "run is required with method Consecutive, and only then",
            aggregation => (aggregation.Method == AggregationMethod.Consecutive) == (aggregation.Run > 0)),
        new("confident", "confident belongs to method Confident",
            aggregation => aggregation.Confident is null || aggregation.Method == AggregationMethod.Confident),
        new("space", "this method is defined on probabilities; use space Prob",
            aggregation => aggregation.Space == AggregationSpace.Prob
                || aggregation.Method is not (AggregationMethod.NoisyOr or AggregationMethod.VoteFraction or AggregationMethod.Confident)),
    ];

    private static readonly Rule<GatesSpec>[] Gates =
    [
        new("minFaces", "minFaces must not be above maxFaces", gates => gates.MaxFaces == 0 || gates.MinFaces <= gates.MaxFaces),
        new("minBrightness", "minBrightness must be below maxBrightness",
            gates => gates.MaxBrightness == 0 || gates.MinBrightness < gates.MaxBrightness),
    ];

    public static IEnumerable<string> Violations(DetectorSpec spec) =>
    [
        .. Rule<DetectorSpec>.Violations(Spec, "spec", spec),
        .. spec.Inputs.SelectMany((input, i) => TensorRules.Violations(input, $"spec.inputs[{i}]")),
        .. Rule<ImageSpec>.Violations(Image, "spec.image", spec.Image),
        .. spec.Face is null ? [] : Rule<FaceSpec>.Violations(Face, "spec.face", spec.Face),
        .. spec.Boxes is null ? [] : Rule<BoxesSpec>.Violations(Boxes, "spec.boxes", spec.Boxes),
        .. Rule<VideoSpec>.Violations(Video, "spec.video", spec.Video),
        .. spec.Audio is null ? [] : Rule<AudioSpec>.Violations(Audio, "spec.audio", spec.Audio),
        .. spec.Outputs.SelectMany((output, i) => TensorRules.Violations(output, $"spec.outputs[{i}]")),
        .. Rule<CalibrationSpec>.Violations(Calibration, "spec.calibration", spec.Calibration),
        .. Rule<AggregationSpec>.Violations(Aggregation, "spec.aggregation", spec.Aggregation),
        .. Rule<GatesSpec>.Violations(Gates, "spec.gates", spec.Gates),
    ];

    private static bool HasSize(ImageSpec image) =>
        image.Resize == ResizeMode.None || (image.Width > 0 && image.Height > 0)
        || (image.Resize is ResizeMode.ShortSide or ResizeMode.LongSide && image.ResizeTo > 0);
}
