namespace DeepfakeOperator.Api.Detectors;

/// <summary>What is computed from the samples.</summary>
public sealed record FrontendSpec
{
    /// <summary>The features.</summary>
    public FrontendKind Kind { get; init; } = FrontendKind.Raw;

    /// <summary>Points of the transform.</summary>
    public int Fft { get; init; } = 512;

    /// <summary>Samples of the window.</summary>
    public int Window { get; init; } = 400;

    /// <summary>Samples from window to window.</summary>
    public int Hop { get; init; } = 160;

    /// <summary>Mel: bands.</summary>
    public int Mels { get; init; } = 80;

    /// <summary>Mel and Lfcc: lowest frequency.</summary>
    public double MinHz { get; init; }

    /// <summary>Mel and Lfcc: highest frequency; 0: half the sample rate.</summary>
    public double MaxHz { get; init; }

    /// <summary>Lfcc: coefficients kept.</summary>
    public int Coefficients { get; init; } = 20;

    /// <summary>Lfcc: first and second differences are appended.</summary>
    public bool Deltas { get; init; }

    /// <summary>Stft and Mel: exponent of the magnitude.</summary>
    public double Power { get; init; } = 2;

    /// <summary>True: 10·log10 of the result.</summary>
    public bool Decibel { get; init; }

    /// <summary>How the samples of a window are weighted.</summary>
    public WindowFunction WindowFunction { get; init; } = WindowFunction.Hann;

    /// <summary>What a window sees beyond the ends.</summary>
    public FrontendEdge Edge { get; init; } = FrontendEdge.Reflect;

    /// <summary>Mel: the scale.</summary>
    public MelScale MelScale { get; init; } = MelScale.Htk;

    /// <summary>This much of the sample before is taken off each sample first.</summary>
    public double PreEmphasis { get; init; }

    /// <summary>Lfcc: the logarithm of the energy takes the place of the first coefficient.</summary>
    public bool Energy { get; init; }

    /// <summary>With decibel: what lies further than this below the highest value is raised to it; 0: nothing is.</summary>
    public double DynamicRange { get; init; }
}
