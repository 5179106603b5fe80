using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>From the samples of one unit to the features that a model takes. Pure: safe to use from several threads.</summary>
internal sealed class AudioFrontend
{
    /// <summary>Floor of a power before its logarithm: that of librosa and torchaudio.</summary>
    private const double SmallestPower = 1e-10;

    /// <summary>Added to each band before the logarithm of LFCC: single precision's epsilon, as in the ASVspoof baselines.</summary>
    private const double LfccEpsilon = 1.1920929e-07;

    private readonly FrontendSpec _frontend;
    private readonly Spectrum? _spectrum;
    private readonly Filterbank? _bands;

    internal AudioFrontend(AudioSpec audio)
    {
        _frontend = audio.Frontend;
        if (_frontend.Kind == FrontendKind.Raw)
        {
            (Features, Frames) = (1, audio.Samples);
            return;
        }
        _spectrum = new Spectrum(_frontend, audio.Samples);
        _bands = _frontend.Kind switch
        {
            FrontendKind.Mel => Filterbank.Mel(_frontend, audio.SampleRate, _spectrum.Bins),
            FrontendKind.Lfcc => Filterbank.Linear(_frontend, audio.SampleRate, _spectrum.Bins),
            _ => null,
        };
        Frames = _spectrum.Frames;
        Features = (_bands?.Bands ?? _spectrum.Bins) * (_frontend.Deltas ? 3 : 1);
    }

    /// <summary>Values at one time.</summary>
    internal int Features { get; }

    /// <summary>Times.</summary>
    internal int Frames { get; }

    /// <summary>
    /// Computes the features: all times of the first one, then of the second; <paramref name="timeFirst"/>: all features of the first time.
    /// </summary>
    internal void Compute(ReadOnlySpan<float> samples, bool timeFirst, Span<float> features)
    {
        if (_spectrum is null)
        {
            samples.CopyTo(features);
            return;
        }
        var values = OfFrames(samples);
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var feature = 0; feature < Features; feature++)
                features[timeFirst ? (frame * Features) + feature : (feature * Frames) + frame] = (float)values[frame, feature];
        }
    }

    private double[,] OfFrames(ReadOnlySpan<float> samples)
    {
        var power = _spectrum!.Power(Emphasised(samples));
        var values = new double[Frames, Features];
        for (var frame = 0; frame < Frames; frame++)
        {
            var bins = power.AsSpan(frame * _spectrum.Bins, _spectrum.Bins);
            if (_frontend.Kind == FrontendKind.Lfcc) Cepstrum(bins, values, frame);
            else Energies(bins, values, frame);
        }
        if (_frontend.Kind == FrontendKind.Lfcc)
        {
            if (_frontend.Deltas) Differences(values);
        }
        else if (_frontend.Decibel)
        {
            ToDecibel(values);
        }
        return values;
    }

    private double[] Emphasised(ReadOnlySpan<float> samples)
    {
        var emphasised = new double[samples.Length];
        for (var i = 0; i < emphasised.Length; i++) emphasised[i] = samples[i] - (i == 0 ? 0 : _frontend.PreEmphasis * samples[i - 1]);
        return emphasised;
    }

    private void Energies(Span<double> bins, double[,] values, int frame)
    {
        if (_frontend.Power != 2)
        {
            for (var bin = 0; bin < bins.Length; bin++) bins[bin] = Math.Pow(bins[bin], _frontend.Power / 2);
        }
        for (var feature = 0; feature < Features; feature++) values[frame, feature] = _bands?.Sum(feature, bins) ?? bins[feature];
    }

    /// <summary>Orthonormal DCT-II of the bands' logarithms.</summary>
    private void Cepstrum(ReadOnlySpan<double> bins, double[,] values, int frame)
    {
        var count = _bands!.Bands;
        Span<double> logs = count <= 256 ? stackalloc double[count] : new double[count];
        for (var band = 0; band < count; band++) logs[band] = Math.Log10(_bands.Sum(band, bins) + LfccEpsilon);
        for (var k = 0; k < count; k++)
        {
            double sum = 0;
            for (var band = 0; band < count; band++) sum += logs[band] * Math.Cos(Math.PI * k * (band + 0.5) / count);
            values[frame, k] = sum * Math.Sqrt((k == 0 ? 1d : 2d) / count);
        }
        if (!_frontend.Energy) return;
        double energy = 0;
        foreach (var bin in bins) energy += bin;
        values[frame, 0] = Math.Log10((energy / _frontend.Fft) + LfccEpsilon);
    }

    /// <summary>The next less the one before, the ends repeated; then the same of that.</summary>
    private void Differences(double[,] values)
    {
        var count = _bands!.Bands;
        for (var feature = count; feature < Features; feature++)
        {
            for (var frame = 0; frame < Frames; frame++)
                values[frame, feature] = values[Math.Min(Frames - 1, frame + 1), feature - count] - values[Math.Max(0, frame - 1), feature - count];
        }
    }

    private void ToDecibel(double[,] values)
    {
        var highest = double.NegativeInfinity;
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var feature = 0; feature < Features; feature++)
            {
                values[frame, feature] = 10 * Math.Log10(Math.Max(values[frame, feature], SmallestPower));
                highest = Math.Max(highest, values[frame, feature]);
            }
        }
        if (_frontend.DynamicRange <= 0) return;
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var feature = 0; feature < Features; feature++)
                values[frame, feature] = Math.Max(values[frame, feature], highest - _frontend.DynamicRange);
        }
    }
}
