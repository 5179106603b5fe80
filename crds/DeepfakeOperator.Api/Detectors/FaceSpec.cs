namespace DeepfakeOperator.Api.Detectors;

/// <summary>How faces are cut out.</summary>
public sealed record FaceSpec
{
    /// <summary>Name of a Detector or ClusterDetector of role FaceDetector.</summary>
    public string Detector { get; init; } = "";

    /// <summary>Lowest score of a face that counts.</summary>
    public double MinScore { get; init; } = 0.6;

    /// <summary>Which faces are used.</summary>
    public FaceSelection Selection { get; init; } = FaceSelection.Largest;

    /// <summary>Most faces of one frame with selection All.</summary>
    public int MaxFaces { get; init; } = 1;

    /// <summary>How the face's box becomes the crop.</summary>
    public FaceBox Box { get; init; } = FaceBox.Square;

    /// <summary>Square and Scale: side of the crop over the longer side of the box; Eyes: over the eye measure.</summary>
    public double Scale { get; init; } = 1.3;

    /// <summary>Margin only: added on each side, as a share of the box: [horizontal, vertical].</summary>
    public IReadOnlyList<double> Margin { get; init; } = [];

    /// <summary>How the face is turned upright.</summary>
    public FaceAlignment Alignment { get; init; } = FaceAlignment.None;

    /// <summary>Similarity5: side of the landmark template (ArcFace's 112).</summary>
    public int Template { get; init; } = 112;

    /// <summary>Similarity5: added to the template's x, in template pixels.</summary>
    public double TemplateShift { get; init; } = 8;

    /// <summary>What happens where the crop leaves the image.</summary>
    public FaceBorder Border { get; init; } = FaceBorder.Clip;
}
