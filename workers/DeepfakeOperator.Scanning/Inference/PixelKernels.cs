using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>The inner loops of preprocessing over one row, vectorised. Tests hold each against a plain loop.</summary>
internal static class PixelKernels
{
    /// <summary>Pixels of one step of <see cref="Split"/>: 48 bytes, three vectors.</summary>
    private const int SplitPixels = 16;

    // Masks[plane, source]: where each of the 16 bytes of a plane stands in one of the three source vectors; 255 shuffles a zero in.
    private static readonly Vector128<byte>[] SplitMasks = MakeSplitMasks();

    private static readonly Vector128<byte> PackMask = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);

    /// <summary>Four bytes a pixel to three; <paramref name="target"/> has three bytes for each of the source's pixels.</summary>
    internal static void Pack(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int read = 0, written = 0;
        // Each step stores 16 bytes, of which the last four are overwritten by the next step.
        for (; read + 16 <= source.Length && written + 16 <= target.Length; read += 16, written += 12)
            Vector128.Shuffle(Vector128.Create(source[read..]), PackMask).CopyTo(target[written..]);
        for (; read < source.Length; read += 4, written += 3)
        {
            target[written] = source[read];
            target[written + 1] = source[read + 1];
            target[written + 2] = source[read + 2];
        }
    }

    /// <summary>Interleaved pixels of three bytes to three planes.</summary>
    internal static void Split(ReadOnlySpan<byte> pixels, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        var x = 0;
        for (; x + SplitPixels <= first.Length; x += SplitPixels)
        {
            var a = Vector128.Create(pixels[(3 * x)..]);
            var b = Vector128.Create(pixels[((3 * x) + 16)..]);
            var c = Vector128.Create(pixels[((3 * x) + 32)..]);
            Gather(a, b, c, 0).CopyTo(first[x..]);
            Gather(a, b, c, 1).CopyTo(second[x..]);
            Gather(a, b, c, 2).CopyTo(third[x..]);
        }
        for (; x < first.Length; x++) (first[x], second[x], third[x]) = (pixels[3 * x], pixels[(3 * x) + 1], pixels[(3 * x) + 2]);
    }

    /// <summary>Red and blue change places, pixel by pixel.</summary>
    internal static void SwapEnds(Span<byte> pixels)
    {
        for (var at = 0; at + 2 < pixels.Length; at += 3) (pixels[at], pixels[at + 2]) = (pixels[at + 2], pixels[at]);
    }

    /// <summary>target = source × weight, or target += source × weight.</summary>
    internal static void Accumulate(ReadOnlySpan<byte> source, float weight, Span<float> target, bool add)
    {
        var factor = new Vector<float>(weight);
        var lanes = Vector<float>.Count;
        var at = 0;
        for (; at + Vector<byte>.Count <= source.Length; at += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[at..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Store(a, factor, target[at..], add);
            Store(b, factor, target[(at + lanes)..], add);
            Store(c, factor, target[(at + (2 * lanes))..], add);
            Store(d, factor, target[(at + (3 * lanes))..], add);
        }
        for (; at < source.Length; at++) target[at] = (source[at] * weight) + (add ? target[at] : 0);
    }

    /// <summary>target[i] = source[i] × scale[i] + bias[i].</summary>
    internal static void Normalise(ReadOnlySpan<byte> source, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, Span<float> target)
    {
        var lanes = Vector<float>.Count;
        var at = 0;
        for (; at + Vector<byte>.Count <= source.Length; at += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[at..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Affine(a, scale, bias, target, at);
            Affine(b, scale, bias, target, at + lanes);
            Affine(c, scale, bias, target, at + (2 * lanes));
            Affine(d, scale, bias, target, at + (3 * lanes));
        }
        for (; at < source.Length; at++) target[at] = (source[at] * scale[at]) + bias[at];
    }

    /// <summary>
    /// One pixel of three or four channels: the weighted sum of consecutive pixels of a row of floats, rounded to bytes. The row has four floats to
    /// spare at its end, so that a whole vector may be read at its last pixel.
    /// </summary>
    internal static void Weigh(ReadOnlySpan<float> row, int channels, ReadOnlySpan<float> weights, Span<byte> target)
    {
        ref var at = ref MemoryMarshal.GetReference(row);
        var sum = Vector128.Create(0.5f);
        for (var tap = 0; tap < weights.Length; tap++)
            sum += Vector128.LoadUnsafe(ref at, (nuint)(tap * channels)) * weights[tap];
        var bytes = Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(sum, Vector128<float>.Zero), Vector128.Create(255f)));
        target[2] = (byte)bytes.GetElement(2);
        target[1] = (byte)bytes.GetElement(1);
        target[0] = (byte)bytes.GetElement(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<uint> values, Vector<float> factor, Span<float> target, bool add)
    {
        var floats = Vector.ConvertToSingle(Vector.AsVectorInt32(values));
        (add ? Vector.MultiplyAddEstimate(floats, factor, new Vector<float>(target)) : floats * factor).CopyTo(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Affine(Vector<uint> values, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, Span<float> target, int at)
    {
        var floats = Vector.ConvertToSingle(Vector.AsVectorInt32(values));
        ((floats * new Vector<float>(scale[at..])) + new Vector<float>(bias[at..])).CopyTo(target[at..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Gather(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, int plane)
    {
        var masks = SplitMasks;
        return Vector128.Shuffle(a, masks[3 * plane]) | Vector128.Shuffle(b, masks[(3 * plane) + 1]) | Vector128.Shuffle(c, masks[(3 * plane) + 2]);
    }

    private static Vector128<byte>[] MakeSplitMasks()
    {
        var masks = new Vector128<byte>[9];
        var bytes = new byte[16];
        for (var plane = 0; plane < 3; plane++)
        {
            for (var source = 0; source < 3; source++)
            {
                for (var x = 0; x < SplitPixels; x++)
                {
                    var position = (3 * x) + plane - (16 * source);
                    bytes[x] = position is >= 0 and < 16 ? (byte)position : (byte)255;
                }
                masks[(3 * plane) + source] = Vector128.Create(bytes);
            }
        }
        return masks;
    }
}
