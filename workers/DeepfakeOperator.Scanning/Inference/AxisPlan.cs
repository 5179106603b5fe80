using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// For one axis: which source pixels, with which weights, make each pixel of the input. Resizing, cropping and padding are one mapping, so nothing
/// outside the crop is ever computed.
/// </summary>
internal sealed class AxisPlan
{
    /// <summary>A position filled with the pad value.</summary>
    internal const int Padding = -1;

    private AxisPlan(int[] starts, float[] weights, int taps) => (Starts, Weights, Taps) = (starts, weights, taps);

    /// <summary>First source pixel for each position, or <see cref="Padding"/>.</summary>
    internal int[] Starts { get; }

    /// <summary><see cref="Taps"/> weights for each position; unused ones are 0.</summary>
    internal float[] Weights { get; }

    internal int Taps { get; }

    /// <summary>First source pixel that any position uses.</summary>
    internal int First { get; private init; }

    /// <summary>One past the last.</summary>
    internal int End { get; private init; }

    internal ReadOnlySpan<float> WeightsAt(int position) => Weights.AsSpan(position * Taps, Taps);

    /// <param name="source">Pixels of the source.</param>
    /// <param name="resized">Pixels after resizing; the source's where it is not resized.</param>
    /// <param name="offset">Where the window begins in the resized image; negative where it begins in the padding.</param>
    /// <param name="window">Pixels of the input.</param>
    /// <param name="image">Interpolation and padding.</param>
    /// <param name="shift">Pixels of the picture before the source.</param>
    /// <param name="reverse">True: the last position first.</param>
    internal static AxisPlan Make(int source, int resized, int offset, int window, ImageSpec image, int shift = 0, bool reverse = false)
    {
        var kernels = new (int Start, float[] Weights)[window];
        int first = int.MaxValue, end = 0, taps = 1;
        for (var i = 0; i < window; i++)
        {
            var position = Inside(offset + (reverse ? window - 1 - i : i), resized, image.Pad);
            kernels[i] = position == Padding ? (Padding, []) : resized == source ? (position, [1f]) : Kernel(position, source, resized, image);
            if (position == Padding) continue;
            taps = Math.Max(taps, kernels[i].Weights.Length);
            first = Math.Min(first, kernels[i].Start);
            end = Math.Max(end, kernels[i].Start + kernels[i].Weights.Length);
        }
        var weights = new float[window * taps];
        var starts = new int[window];
        for (var i = 0; i < window; i++)
        {
            starts[i] = kernels[i].Start;
            if (starts[i] == Padding) continue;
            // All positions read `taps` pixels; near the end the window is moved back so that it stays inside.
            var back = Math.Max(0, starts[i] + taps - source);
            starts[i] -= Math.Min(back, starts[i]);
            kernels[i].Weights.CopyTo(weights.AsSpan((i * taps) + kernels[i].Start - starts[i]));
            first = Math.Min(first, starts[i]);
            end = Math.Max(end, Math.Min(source, starts[i] + taps));
            starts[i] += shift;
        }
        return new AxisPlan(starts, weights, taps) { First = Math.Min(first, end) + shift, End = end + shift };
    }

    private static int Inside(int position, int size, PadMode pad)
    {
        if (position >= 0 && position < size) return position;
        if (pad == PadMode.Constant) return Padding;
        if (pad == PadMode.Replicate || size == 1) return Math.Clamp(position, 0, size - 1);
        // Mirror: 2 1 0 1 2 … repeats every 2·(size − 1).
        var period = 2 * (size - 1);
        var inPeriod = ((position % period) + period) % period;
        return inPeriod < size ? inPeriod : period - inPeriod;
    }

    private static (int Start, float[] Weights) Kernel(int position, int source, int resized, ImageSpec image)
    {
        var scale = (double)source / resized;
        return image.Interpolation switch
        {
            Interpolation.Nearest => ((int)Math.Min(source - 1, image.Antialias ? (position + 0.5) * scale : position * scale), [1f]),
            Interpolation.Area => Area(position * scale, (position + 1) * scale, source),
            // Scaling by ffmpeg has happened before; what is left, a view of another scale, is done the plain way.
            Interpolation.Bilinear or Interpolation.FfmpegBilinear => image.Antialias ? Filtered(position, scale, source, 1, Triangle) : Sampled(position, scale, source, 2, Triangle),
            Interpolation.Bicubic => image.Antialias
                ? Filtered(position, scale, source, 2, x => Cubic(x, -0.5))
                : Sampled(position, scale, source, 4, x => Cubic(x, -0.75)),
            _ => throw new ArgumentOutOfRangeException(nameof(image), image.Interpolation, "not an interpolation"),
        };
    }

    /// <summary>Pillow's resize: the filter is as wide as the shrinking demands (src/libImaging/Resample.c, precompute_coeffs).</summary>
    private static (int Start, float[] Weights) Filtered(int position, double scale, int source, double support, Func<double, double> filter)
    {
        var stretch = Math.Max(1, scale);
        var centre = (position + 0.5) * scale;
        var start = Math.Max(0, (int)(centre - (support * stretch) + 0.5));
        var end = Math.Min(source, (int)(centre + (support * stretch) + 0.5));
        var weights = new double[end - start];
        for (var i = 0; i < weights.Length; i++) weights[i] = filter((start + i - centre + 0.5) / stretch);
        var sum = weights.Sum();
        return (start, Array.ConvertAll(weights, weight => (float)(weight / sum)));
    }

    /// <summary>OpenCV's and PyTorch's resize: the plain filter at the mapped centre, edge pixels repeated.</summary>
    private static (int Start, float[] Weights) Sampled(int position, double scale, int source, int taps, Func<double, double> filter)
    {
        var centre = ((position + 0.5) * scale) - 0.5;
        var left = (int)Math.Floor(centre) - (taps / 2) + 1;
        var start = Math.Clamp(left, 0, Math.Max(0, source - taps));
        var weights = new float[Math.Min(taps, source)];
        for (var i = 0; i < taps; i++) weights[Math.Clamp(left + i, 0, source - 1) - start] += (float)filter(left + i - centre);
        return (start, weights);
    }

    private static (int Start, float[] Weights) Area(double from, double to, int source)
    {
        var start = Math.Min(source - 1, (int)from);
        var end = Math.Clamp((int)Math.Ceiling(to - 1e-9), start + 1, source);
        var weights = new float[end - start];
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)((Math.Min(to, start + i + 1) - Math.Max(from, start + i)) / (to - from));
        return (start, weights);
    }

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static double Cubic(double x, double a)
    {
        x = Math.Abs(x);
        if (x < 1) return (((a + 2) * x) - (a + 3)) * x * x + 1;
        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a : 0;
    }
}
