using System.Buffers;
using System.Runtime.InteropServices;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// From a picture to one slot of the batch tensor, row by row: no float picture in between. After resizing values are rounded to bytes, as Pillow and
/// OpenCV do, so that byte and float models see the same. Safe to use from several threads.
/// </summary>
internal sealed class Preprocess
{
    private readonly ImageSpec _image;
    private readonly bool _planes;
    private readonly bool _bytes;
    private readonly int _channels;
    private readonly float[] _scale;
    private readonly float[] _bias;
    private readonly double _edgeTrim;
    private readonly ResizePlan?[] _last;

    internal Preprocess(ImageSpec image, TensorLayout layout, TensorType type, IReadOnlyList<View>? views = null, double edgeTrim = 0)
    {
        (Views, _edgeTrim) = (views ?? [new View(1)], edgeTrim);
        _last = new ResizePlan?[Views.Count];
        (_image, _planes, _bytes) = (image, layout == TensorLayout.NCHW, type == TensorType.UInt8);
        _channels = image.Colour == ColourOrder.Gray ? 1 : 3;
        // One factor for each value of a row, planes one after the other or pixels interleaved: the loops need no notion of channels.
        (_scale, _bias) = (new float[_channels * image.Width], new float[_channels * image.Width]);
        for (var i = 0; i < _scale.Length; i++)
        {
            var channel = _planes ? i / image.Width : i % _channels;
            var std = image.Std.Count == 0 ? 1 : image.Std[Math.Min(channel, image.Std.Count - 1)];
            var mean = image.Mean.Count == 0 ? 0 : image.Mean[Math.Min(channel, image.Mean.Count - 1)];
            (_scale[i], _bias[i]) = ((float)(image.Scale / std), (float)(-mean / std));
        }
        SlotBytes = _channels * image.Width * image.Height * (_bytes ? 1 : sizeof(float));
        Shape = _planes ? [_channels, image.Height, image.Width] : [image.Height, image.Width, _channels];
    }

    /// <summary>The ways each picture is looked at.</summary>
    internal IReadOnlyList<View> Views { get; }

    /// <summary>Bytes of one unit's input.</summary>
    internal int SlotBytes { get; }

    /// <summary>Shape of one unit's input, without the batch axis.</summary>
    internal long[] Shape { get; }

    /// <summary>
    /// Smallest size to which a picture may be decoded, or null: only the full one will do. A decoder that shrinks by averaging is the same as a
    /// filter that widens, nearly, while there is a factor of two left for the filter; without antialiasing it would be another picture.
    /// </summary>
    internal (int Width, int Height)? Needed(int width, int height)
    {
        if (_image.Resize == ResizeMode.None || _image.Interpolation == Interpolation.FfmpegBilinear || (!_image.Antialias && _image.Interpolation != Interpolation.Area)) return null;
        var resized = ResizePlan.Resized(width, height, _image);
        var largest = 2 * Math.Max(1, Views.Max(view => view.Scale)) / (1 - (2 * _edgeTrim));
        return ((int)Math.Ceiling(largest * resized.Width), (int)Math.Ceiling(largest * resized.Height));
    }

    /// <summary>How a picture of this size becomes the input.</summary>
    internal ResizePlan Plan(int width, int height, int view = 0)
    {
        var plan = Volatile.Read(ref _last[view]);
        if (plan is null || plan.SourceWidth != width || plan.SourceHeight != height)
            Volatile.Write(ref _last[view], plan = new ResizePlan(width, height, _image, Views[view], _edgeTrim));
        return plan;
    }

    /// <summary>Fills a slot of <see cref="SlotBytes"/> bytes.</summary>
    internal void Write(PixelBuffer source, Span<byte> slot, int view = 0)
    {
        if (_channels == 1 && source.BytesPerPixel != 1)
        {
            using var gray = new PixelBuffer(source.Width, source.Height, 1);
            for (var y = 0; y < source.Height; y++) Luma.Row(source.Row(y), source.BytesPerPixel, gray.Pixels.Slice(y * gray.Stride, gray.Stride));
            Write(gray, slot, view);
            return;
        }
        var plan = Plan(source.Width, source.Height, view);
        var floats = ArrayPool<float>.Shared.Rent(((plan.X.End - plan.X.First) * source.BytesPerPixel) + 4);
        var bytes = ArrayPool<byte>.Shared.Rent(2 * _channels * _image.Width);
        try
        {
            var row = bytes.AsSpan(0, _channels * _image.Width);
            var planes = bytes.AsSpan(row.Length, row.Length);
            for (var y = 0; y < _image.Height; y++)
            {
                if (plan.Y.Starts[y] == AxisPlan.Padding) row.Fill((byte)_image.PadValue);
                else if (plan.IsCopy) CopyRow(source, plan, y, row);
                else ResampleRow(source, plan, y, floats, row);
                Emit(row, planes, y, slot);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(floats);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void CopyRow(PixelBuffer source, ResizePlan plan, int y, Span<byte> row)
    {
        var pixels = source.Row(plan.Y.Starts[y]);
        var size = source.BytesPerPixel;
        var (from, to) = plan.Straight;
        var run = pixels.Slice(plan.X.Starts.Length == 0 || to == from ? 0 : plan.X.Starts[from] * size, (to - from) * size);
        if (size == 4) PixelKernels.Pack(run, row[(from * _channels)..(to * _channels)]);
        else run.CopyTo(row[(from * _channels)..]);
        for (var x = 0; x < _image.Width; x++)
        {
            if (x == from) x = to;
            if (x >= _image.Width) break;
            var target = row.Slice(x * _channels, _channels);
            if (plan.X.Starts[x] == AxisPlan.Padding) target.Fill((byte)_image.PadValue);
            else pixels.Slice(plan.X.Starts[x] * size, _channels).CopyTo(target);
        }
    }

    private void ResampleRow(PixelBuffer source, ResizePlan plan, int y, float[] floats, Span<byte> row)
    {
        var size = source.BytesPerPixel;
        var weights = plan.Y.WeightsAt(y);
        var add = false;
        for (var tap = 0; tap < weights.Length; tap++)
        {
            if (weights[tap] == 0) continue;
            var pixels = source.Row(plan.Y.Starts[y] + tap)[(plan.X.First * size)..(plan.X.End * size)];
            PixelKernels.Accumulate(pixels, weights[tap], floats, add);
            add = true;
        }
        for (var x = 0; x < _image.Width; x++)
        {
            var target = row.Slice(x * _channels, _channels);
            if (plan.X.Starts[x] == AxisPlan.Padding) target.Fill((byte)_image.PadValue);
            else if (size == 1) target[0] = WeighOne(floats.AsSpan(plan.X.Starts[x] - plan.X.First), plan.X.WeightsAt(x));
            else PixelKernels.Weigh(floats.AsSpan((plan.X.Starts[x] - plan.X.First) * size), size, plan.X.WeightsAt(x), target);
        }
    }

    private static byte WeighOne(ReadOnlySpan<float> row, ReadOnlySpan<float> weights)
    {
        var sum = 0.5f;
        for (var tap = 0; tap < weights.Length; tap++) sum += row[tap] * weights[tap];
        return (byte)Math.Clamp(sum, 0, 255);
    }

    private void Emit(Span<byte> row, Span<byte> planes, int y, Span<byte> slot)
    {
        if (_image.Colour == ColourOrder.BGR) PixelKernels.SwapEnds(row);
        var width = _image.Width;
        if (!_planes || _channels == 1)
        {
            if (_bytes) row.CopyTo(slot[(y * row.Length)..]);
            else PixelKernels.Normalise(row, _scale, _bias, MemoryMarshal.Cast<byte, float>(slot).Slice(y * row.Length, row.Length));
            return;
        }
        PixelKernels.Split(row, planes[..width], planes[width..(2 * width)], planes[(2 * width)..]);
        for (var plane = 0; plane < _channels; plane++)
        {
            var values = planes.Slice(plane * width, width);
            var at = ((plane * _image.Height) + y) * width;
            if (_bytes) values.CopyTo(slot[at..]);
            else PixelKernels.Normalise(values, _scale.AsSpan(plane * width), _bias.AsSpan(plane * width), MemoryMarshal.Cast<byte, float>(slot).Slice(at, width));
        }
    }
}
