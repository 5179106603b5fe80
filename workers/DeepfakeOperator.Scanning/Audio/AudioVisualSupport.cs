using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>What this worker can do with pictures and their sound: the part of <see cref="DetectorSupport"/> that is about it.</summary>
internal static class AudioVisualSupport
{
    /// <summary>Which input takes the pictures.</summary>
    internal static int PictureOf(DetectorSpec spec)
    {
        for (var i = 0; i < spec.Inputs.Count; i++)
        {
            if (spec.Inputs[i].Layout is TensorLayout.NCTHW or TensorLayout.NTCHW) return i;
        }
        return 0;
    }

    /// <summary>Everything that stands in the way, each naming its field; empty: it can run.</summary>
    internal static IEnumerable<string> Problems(DetectorSpec spec)
    {
        var pictures = spec.Inputs.Count(input => input.Layout is TensorLayout.NCTHW or TensorLayout.NTCHW);
        if (spec.Inputs.Count != 2 || pictures != 1)
            return ["inputs: an AudioVisual detector has two, one of layout NCTHW or NTCHW for the pictures and one for their sound"];
        var picture = PictureOf(spec);
        var clip = spec with
        {
            Modality = spec.Face is null ? Modality.Clip : Modality.FaceClip, Inputs = [spec.Inputs[picture]], Audio = null,
        };
        return
        [
            .. VisionSupport.Problems(clip).Select(problem => problem.Replace("inputs[0]", $"inputs[{picture}]", StringComparison.Ordinal)),
            .. AudioSupport.Problems(spec, 1 - picture),
            .. Together(spec),
        ];
    }

    private static IEnumerable<string> Together(DetectorSpec spec)
    {
        if (spec.Video.Sampling != FrameSampling.Fps) yield return "video.sampling: Fps for modality AudioVisual, so that pictures and sound keep time";
        if (spec.Audio is not { } audio) yield break;
        if (audio.Crop != AudioCrop.Start) yield return "audio.crop: sound begins with the clip's first frame; Start for modality AudioVisual";
        if (audio.VoiceActivity is not null) yield return "audio.voiceActivity: would put sound and pictures out of step; remove it";
    }
}
