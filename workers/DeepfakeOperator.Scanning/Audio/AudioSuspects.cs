using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>What is most often wrong in a descriptor's audio, one change at a time.</summary>
internal static class AudioSuspects
{
    internal static IEnumerable<(string Hint, AudioSpec Audio)> Of(AudioSpec? audio)
    {
        if (audio is null) yield break;
        foreach (var pad in Enum.GetValues<AudioPad>().Except([audio.Pad]))
            yield return ($"with audio.pad {pad} they agree", audio with { Pad = pad });
        foreach (var normalise in Enum.GetValues<AudioNormalise>().Except([audio.Normalise]))
            yield return ($"with audio.normalise {normalise} they agree", audio with { Normalise = normalise });
        foreach (var crop in Enum.GetValues<AudioCrop>().Except([audio.Crop, AudioCrop.Slide]))
            yield return ($"with audio.crop {crop} they agree", audio with { Crop = crop, Hop = 0 });
        var frontend = audio.Frontend;
        if (frontend.Kind == FrontendKind.Raw) yield break;
        foreach (var edge in Enum.GetValues<FrontendEdge>().Except([frontend.Edge]))
            yield return ($"with audio.frontend.edge {edge} they agree", audio with { Frontend = frontend with { Edge = edge } });
        foreach (var function in Enum.GetValues<WindowFunction>().Except([frontend.WindowFunction]))
        {
            yield return ($"with audio.frontend.windowFunction {function} they agree",
                audio with { Frontend = frontend with { WindowFunction = function } });
        }
        if (frontend.Kind == FrontendKind.Mel)
        {
            var other = frontend.MelScale == MelScale.Htk ? MelScale.Slaney : MelScale.Htk;
            yield return ($"with audio.frontend.melScale {other} they agree", audio with { Frontend = frontend with { MelScale = other } });
        }
        if (frontend.Kind == FrontendKind.Lfcc) yield break;
        foreach (var power in new double[] { 1, 2 }.Except([frontend.Power]))
            yield return ($"with audio.frontend.power {power} they agree", audio with { Frontend = frontend with { Power = power } });
        yield return ($"with audio.frontend.decibel {(frontend.Decibel ? "false" : "true")} they agree",
            audio with { Frontend = frontend with { Decibel = !frontend.Decibel, DynamicRange = 0 } });
    }
}
