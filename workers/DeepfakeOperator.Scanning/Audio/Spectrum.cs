using DeepfakeOperator.Api.Detectors;
using MathNet.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>
/// Short-time Fourier transform: how the power of each frequency goes over time. A window shorter than the transform lies in its middle, as in
/// torch.stft and librosa.stft.
/// </summary>
internal sealed class Spectrum
{
    private readonly FrontendSpec _frontend;
    private readonly double[] _window;

    // The units of many items are computed at once, on the threads that decode; each transform on its own.
    static Spectrum() => Control.MaxDegreeOfParallelism = 1;

    internal Spectrum(FrontendSpec frontend, int samples)
    {
        _frontend = frontend;
        Bins = (frontend.Fft / 2) + 1;
        var length = samples + (frontend.Edge == FrontendEdge.None ? 0 : 2 * (frontend.Fft / 2));
        Frames = 1 + ((length - frontend.Fft) / frontend.Hop);
        _window = new double[frontend.Fft];
        var offset = (frontend.Fft - frontend.Window) / 2;
        for (var i = 0; i < frontend.Window; i++) _window[offset + i] = Weight(frontend.WindowFunction, (double)i / frontend.Window);
    }

    internal int Bins { get; }

    internal int Frames { get; }

    /// <summary>Power, magnitude squared: bins of the first frame, then of the second.</summary>
    internal double[] Power(ReadOnlySpan<double> samples)
    {
        var power = new double[Frames * Bins];
        // The library wants room for the middle bin behind the samples.
        var data = new double[_frontend.Fft + 2];
        for (var frame = 0; frame < Frames; frame++)
        {
            var first = (frame * _frontend.Hop) - (_frontend.Edge == FrontendEdge.None ? 0 : _frontend.Fft / 2);
            for (var i = 0; i < _frontend.Fft; i++) data[i] = _window[i] == 0 ? 0 : _window[i] * At(samples, first + i);
            Fourier.ForwardReal(data, _frontend.Fft, FourierOptions.NoScaling);
            for (var bin = 0; bin < Bins; bin++)
                power[(frame * Bins) + bin] = (data[2 * bin] * data[2 * bin]) + (data[(2 * bin) + 1] * data[(2 * bin) + 1]);
        }
        return power;
    }

    private double At(ReadOnlySpan<double> samples, int index)
    {
        if (index >= 0 && index < samples.Length) return samples[index];
        if (_frontend.Edge != FrontendEdge.Reflect) return 0;
        if (samples.Length == 1) return samples[0];
        // … 2 1 0 1 2 … repeats every 2·(length − 1).
        var period = 2 * (samples.Length - 1);
        var inPeriod = ((index % period) + period) % period;
        return samples[inPeriod < samples.Length ? inPeriod : period - inPeriod];
    }

    /// <summary>Periodic windows, which is what spectra are made with.</summary>
    private static double Weight(WindowFunction function, double at) => function switch
    {
        WindowFunction.Hann => 0.5 - (0.5 * Math.Cos(2 * Math.PI * at)),
        WindowFunction.Hamming => 0.54 - (0.46 * Math.Cos(2 * Math.PI * at)),
        _ => 1,
    };
}
