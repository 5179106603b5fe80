namespace DeepfakeOperator.Api.Detectors;

/// <summary>One model, described completely enough to run it without code.</summary>
public sealed record DetectorSpec
{
    /// <summary>Version of the descriptor, for people.</summary>
    public string Version { get; init; } = "";

    /// <summary>What kind of trace it looks for, for people, such as UpsamplingTrace or FaceSwap.</summary>
    public string? Category { get; init; }

    /// <summary>What the model is used for.</summary>
    public DetectorRole Role { get; init; } = DetectorRole.Detector;

    /// <summary>What one unit of its input is.</summary>
    public Modality Modality { get; init; } = Modality.Image;

    /// <summary>Terms of the weights.</summary>
    public LicenceSpec? Licence { get; init; }

    /// <summary>Addresses of the paper, the code and the weights.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Names of the training sets.</summary>
    public IReadOnlyList<string> TrainedOn { get; init; } = [];

    /// <summary>The ONNX file; absent for modality Remote.</summary>
    public ModelSpec? Model { get; init; }

    /// <summary>The served model; for modality Remote only.</summary>
    public RemoteSpec? Remote { get; init; }

    /// <summary>The tensors that the model takes.</summary>
    public IReadOnlyList<InputSpec> Inputs { get; init; } = [];

    /// <summary>Largest batch that the model takes; 1 for a graph with a fixed batch axis.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>How pixels become the input tensor.</summary>
    public ImageSpec Image { get; init; } = new();

    /// <summary>How faces are cut out; for modality Face and FaceClip.</summary>
    public FaceSpec? Face { get; init; }

    /// <summary>How the outputs of a face detector become boxes; for role FaceDetector only.</summary>
    public BoxesSpec? Boxes { get; init; }

    /// <summary>How frames are chosen and grouped.</summary>
    public VideoSpec Video { get; init; } = new();

    /// <summary>How samples become the input tensor; for modality Audio and AudioVisual.</summary>
    public AudioSpec? Audio { get; init; }

    /// <summary>What the output tensors mean.</summary>
    public IReadOnlyList<OutputSpec> Outputs { get; init; } = [];

    /// <summary>How a raw score becomes a probability.</summary>
    public CalibrationSpec Calibration { get; init; } = new();

    /// <summary>How the units of one item become one score.</summary>
    public AggregationSpec Aggregation { get; init; } = new();

    /// <summary>Test-time augmentation.</summary>
    public AugmentationSpec Augmentation { get; init; } = new();

    /// <summary>When the detector does not apply, or cannot be trusted.</summary>
    public GatesSpec Gates { get; init; } = new();

    /// <summary>A golden input with its outputs; required before a Detector turns Ready.</summary>
    public ConformanceSpec? Conformance { get; init; }
}
