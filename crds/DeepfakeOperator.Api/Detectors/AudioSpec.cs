namespace DeepfakeOperator.Api.Detectors;

/// <summary>How samples become the input tensor.</summary>
public sealed record AudioSpec
{
    /// <summary>Samples per second, after mixing to mono.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>Length of one unit, in samples.</summary>
    public int Samples { get; init; }

    /// <summary>Slide only: from unit to unit, in samples.</summary>
    public int Hop { get; init; }

    /// <summary>Which part of a longer recording is used.</summary>
    public AudioCrop Crop { get; init; } = AudioCrop.Start;

    /// <summary>How a shorter one is filled.</summary>
    public AudioPad Pad { get; init; } = AudioPad.Tile;

    /// <summary>What the samples are divided by.</summary>
    public AudioNormalise Normalise { get; init; } = AudioNormalise.None;

    /// <summary>What is computed from the samples.</summary>
    public FrontendSpec Frontend { get; init; } = new();

    /// <summary>Name of a detector of role VoiceActivity that cuts out speech first.</summary>
    public string? VoiceActivity { get; init; }

    /// <summary>Shorter recordings are NotApplicable.</summary>
    public double MinSeconds { get; init; }
}
