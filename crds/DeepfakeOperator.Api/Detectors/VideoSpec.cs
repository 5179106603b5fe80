namespace DeepfakeOperator.Api.Detectors;

/// <summary>How frames are chosen and grouped. What the ScanJob samples is the upper limit.</summary>
public sealed record VideoSpec
{
    /// <summary>The rule.</summary>
    public FrameSampling Sampling { get; init; } = FrameSampling.Uniform;

    /// <summary>Most frames; 0: the ScanJob's.</summary>
    public int Frames { get; init; }

    /// <summary>Fps only: frames per second.</summary>
    public double Fps { get; init; }

    /// <summary>Stride only: every so many frames.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Frames in one unit.</summary>
    public int ClipLength { get; init; } = 1;

    /// <summary>Frames from one frame of a clip to the next.</summary>
    public int ClipStride { get; init; } = 1;

    /// <summary>What is followed through time.</summary>
    public VideoUnit Unit { get; init; } = VideoUnit.Frame;

    /// <summary>How a clip is filled that runs out of frames.</summary>
    public ShortClipPad ShortClipPad { get; init; } = ShortClipPad.Repeat;

    /// <summary>Share of the long side that is cut off at each end.</summary>
    public double EdgeTrim { get; init; }
}
