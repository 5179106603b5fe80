using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>What this worker can do with sound: the part of <see cref="Inference.DetectorSupport"/> that is about it.</summary>
internal static class AudioSupport
{
    /// <summary>A smaller hop would make so many units of a recording that nothing else is done.</summary>
    private const int MostUnitsAtOnce = 64;

    /// <summary>Everything that stands in the way of an Audio detector, each naming its field.</summary>
    internal static IEnumerable<string> Problems(DetectorSpec spec)
    {
        if (spec.Inputs.Count != 1) yield return $"inputs: an audio detector has exactly one, not {spec.Inputs.Count}";
        else foreach (var problem in Problems(spec, 0)) yield return problem;
        if (spec.Face is not null) yield return "face: without effect on modality Audio; remove it";
        if (spec.Remote is not null) yield return "remote: without effect on modality Audio; remove it";
        if (spec.Augmentation.Flip || spec.Augmentation.Scales.Count > 0) yield return "augmentation: without effect on modality Audio; remove it";
        var gates = spec.Gates;
        if (gates.MinSide > 0 || gates.MinFaces > 0 || gates.MaxFaces > 0 || gates.MinFaceSide > 0)
            yield return "gates.minSide, gates.minFaces, gates.maxFaces, gates.minFaceSide: without effect on modality Audio; remove them";
        if (gates.MinSharpness > 0 || gates.MinBrightness > 0 || gates.MaxBrightness > 0)
            yield return "gates.minSharpness, gates.minBrightness, gates.maxBrightness: without effect on modality Audio; remove them";
    }

    /// <summary>Everything that stands in the way of an input that takes sound, each naming its field.</summary>
    internal static IEnumerable<string> Problems(DetectorSpec spec, int index)
    {
        var input = spec.Inputs[index];
        if (spec.Audio is not { Samples: > 0 } audio)
        {
            yield return "audio.samples: required";
            yield break;
        }
        var raw = audio.Frontend.Kind == FrontendKind.Raw;
        if (raw != input.Layout is TensorLayout.NT or TensorLayout.N1T)
        {
            yield return $"inputs[{index}].layout: {input.Layout} does not go with audio.frontend.kind {audio.Frontend.Kind}; "
                + (raw ? "NT or N1T" : "NFT, NTF, NCHW or NHWC");
        }
        if (input.Type != TensorType.Float32) yield return $"inputs[{index}].type: {input.Type} is not supported for sound; Float32";
        if (audio.Crop == AudioCrop.Slide && audio.Hop * (long)MostUnitsAtOnce < audio.Samples)
            yield return $"audio.hop: at least {(audio.Samples + MostUnitsAtOnce - 1) / MostUnitsAtOnce}, a {MostUnitsAtOnce}th of audio.samples";
        var problems = raw ? [] : Frontend(audio).ToArray();
        foreach (var problem in problems) yield return problem;
        if (problems.Length > 0) yield break;
        long[] made = [-1, .. new AudioTensor(audio, input.Layout).Shape];
        if (!Agrees(input.Shape, made))
        {
            yield return $"inputs[{index}].shape: [{string.Join(", ", input.Shape)}] does not agree with audio and layout, "
                + $"which make [{string.Join(", ", made)}]";
        }
    }

    private static bool Agrees(IReadOnlyList<int> said, long[] made) => said.Count == 0
        || (said.Count == made.Length && Enumerable.Range(1, made.Length - 1).All(axis => said[axis] == -1 || said[axis] == made[axis]));

    private static IEnumerable<string> Frontend(AudioSpec audio)
    {
        var frontend = audio.Frontend;
        if (frontend.Fft < 2 || frontend.Hop < 1 || frontend.Window < 1) yield return "audio.frontend.fft, window, hop: above 0";
        if (frontend.Window > frontend.Fft) yield return $"audio.frontend.window: at most audio.frontend.fft, {frontend.Fft}";
        if (frontend.Edge == FrontendEdge.None && frontend.Fft > audio.Samples)
            yield return "audio.frontend.fft: more than audio.samples; give an audio.frontend.edge";
        if (audio.Samples < 2) yield return "audio.samples: more than one for a spectrum";
        var highest = frontend.MaxHz > 0 ? frontend.MaxHz : audio.SampleRate / 2d;
        if (highest > audio.SampleRate / 2d) yield return $"audio.frontend.maxHz: at most half of audio.sampleRate, {audio.SampleRate / 2d}";
        if (frontend.MinHz >= highest) yield return "audio.frontend.minHz: must be below maxHz";
        if (frontend.Kind != FrontendKind.Lfcc && (frontend.Deltas || frontend.Energy))
            yield return "audio.frontend.deltas, energy: for kind Lfcc only; remove them";
        if (frontend.Kind == FrontendKind.Lfcc && frontend.Decibel) yield return "audio.frontend.decibel: Lfcc has a logarithm of its own; remove it";
        if (frontend.DynamicRange > 0 && !frontend.Decibel) yield return "audio.frontend.dynamicRange: without effect without decibel; remove it";
    }
}
