using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Which stretches of a recording are the units of a detector, and their samples.</summary>
internal static class AudioWindows
{
    /// <summary>A silent stretch is divided by this and not by nothing.</summary>
    private const double SmallestDivisor = 1e-6;

    /// <summary>First sample of each unit. With Slide the last one ends with the recording, so that nothing is left out.</summary>
    internal static IReadOnlyList<int> Starts(int length, AudioSpec audio)
    {
        var slack = length - audio.Samples;
        if (slack <= 0) return [0];
        switch (audio.Crop)
        {
            case AudioCrop.Start: return [0];
            case AudioCrop.Centre: return [slack / 2];
            case AudioCrop.ThreeQuarter: return [(int)(slack * 3L / 4)];
            default:
                var starts = new List<int>();
                for (var start = 0; start < slack; start += audio.Hop) starts.Add(start);
                starts.Add(slack);
                return starts;
        }
    }

    /// <summary>Fills one unit from a start, pads what is too short, and divides as the descriptor says.</summary>
    internal static void Fill(ReadOnlySpan<float> recording, int start, AudioSpec audio, Span<float> unit)
    {
        var samples = recording[start..];
        if (samples.Length >= unit.Length) samples[..unit.Length].CopyTo(unit);
        else Pad(samples, audio.Pad, unit);
        Normalise(audio.Normalise, unit);
    }

    private static void Pad(ReadOnlySpan<float> samples, AudioPad pad, Span<float> unit)
    {
        unit.Clear();
        if (samples.IsEmpty) return;
        switch (pad)
        {
            case AudioPad.Tile:
                for (var i = 0; i < unit.Length; i++) unit[i] = samples[i % samples.Length];
                break;
            case AudioPad.ZeroRight:
                samples.CopyTo(unit);
                break;
            case AudioPad.ZeroCentre:
                samples.CopyTo(unit[((unit.Length - samples.Length) / 2)..]);
                break;
            case AudioPad.RepeatElement:
                // As often as fills it, and cut: numpy.repeat of the ASVspoof 2019 baselines.
                var times = (unit.Length / samples.Length) + 1;
                for (var i = 0; i < unit.Length; i++) unit[i] = samples[i / times];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(pad), pad, "not a way to pad");
        }
    }

    private static void Normalise(AudioNormalise normalise, Span<float> unit)
    {
        if (normalise == AudioNormalise.None) return;
        var divisor = Math.Max(SmallestDivisor, normalise == AudioNormalise.Peak ? Peak(unit) : Deviation(unit));
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(unit[i] / divisor);
    }

    private static double Peak(ReadOnlySpan<float> unit)
    {
        double peak = 0;
        foreach (var sample in unit) peak = Math.Max(peak, Math.Abs(sample));
        return peak;
    }

    /// <summary>Of the whole, as numpy.std has it.</summary>
    private static double Deviation(ReadOnlySpan<float> unit)
    {
        double sum = 0, squares = 0;
        foreach (var sample in unit) sum += sample;
        var mean = sum / unit.Length;
        foreach (var sample in unit) squares += (sample - mean) * (sample - mean);
        return Math.Sqrt(squares / unit.Length);
    }
}
