using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Triangles over the bins of a spectrum, evenly spaced on a scale of pitch or of frequency.</summary>
internal sealed class Filterbank
{
    /// <summary>Slaney's scale is linear up to here, and logarithmic above: 27 steps for a factor of 6.4.</summary>
    private const double SlaneyKnee = 1000, SlaneyLinear = 200.0 / 3;

    private static readonly double SlaneyStep = Math.Log(6.4) / 27;

    private readonly double[][] _weights;

    private Filterbank(double[] edges, int bins, double binHz, bool equalAreas)
    {
        _weights = new double[edges.Length - 2][];
        for (var band = 0; band < _weights.Length; band++)
        {
            var (left, middle, right) = (edges[band], edges[band + 1], edges[band + 2]);
            _weights[band] = new double[bins];
            for (var bin = 0; bin < bins; bin++)
            {
                var hz = bin * binHz;
                var height = Math.Max(0, Math.Min((hz - left) / (middle - left), (right - hz) / (right - middle)));
                _weights[band][bin] = equalAreas ? height * 2 / (right - left) : height;
            }
        }
    }

    internal int Bands => _weights.Length;

    /// <summary>Bands of equal width in pitch.</summary>
    internal static Filterbank Mel(FrontendSpec frontend, int sampleRate, int bins)
    {
        var slaney = frontend.MelScale == MelScale.Slaney;
        var (lowest, highest) = (Pitch(frontend.MinHz, slaney), Pitch(Highest(frontend, sampleRate), slaney));
        var edges = Edges(lowest, highest, frontend.Mels);
        for (var i = 0; i < edges.Length; i++) edges[i] = Hertz(edges[i], slaney);
        return new Filterbank(edges, bins, (double)sampleRate / frontend.Fft, slaney);
    }

    /// <summary>Bands of equal width in hertz, as many as coefficients are kept.</summary>
    internal static Filterbank Linear(FrontendSpec frontend, int sampleRate, int bins) =>
        new(Edges(frontend.MinHz, Highest(frontend, sampleRate), frontend.Coefficients), bins, (double)sampleRate / frontend.Fft, equalAreas: false);

    internal double Sum(int band, ReadOnlySpan<double> spectrum)
    {
        double sum = 0;
        var weights = _weights[band];
        for (var bin = 0; bin < weights.Length; bin++) sum += weights[bin] * spectrum[bin];
        return sum;
    }

    private static double Highest(FrontendSpec frontend, int sampleRate) => frontend.MaxHz > 0 ? frontend.MaxHz : sampleRate / 2d;

    private static double[] Edges(double lowest, double highest, int bands) =>
        [.. Enumerable.Range(0, bands + 2).Select(i => lowest + ((highest - lowest) * i / (bands + 1)))];

    private static double Pitch(double hz, bool slaney)
    {
        if (!slaney) return 2595 * Math.Log10(1 + (hz / 700));
        return hz < SlaneyKnee ? hz / SlaneyLinear : (SlaneyKnee / SlaneyLinear) + (Math.Log(hz / SlaneyKnee) / SlaneyStep);
    }

    private static double Hertz(double pitch, bool slaney)
    {
        if (!slaney) return 700 * (Math.Pow(10, pitch / 2595) - 1);
        const double Knee = SlaneyKnee / SlaneyLinear;
        return pitch < Knee ? pitch * SlaneyLinear : SlaneyKnee * Math.Exp(SlaneyStep * (pitch - Knee));
    }
}
