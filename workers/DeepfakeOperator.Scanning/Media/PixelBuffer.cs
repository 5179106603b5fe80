using System.Buffers;
using System.Runtime.InteropServices;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// A decoded picture: interleaved bytes, red first, rows without gaps. Three bytes a pixel from ffmpeg, four from Skia (the fourth is ignored, as
/// Pillow's <c>convert("RGB")</c> ignores alpha). Small ones are pooled; large ones are native memory, so that they are gone at once.
/// </summary>
internal sealed unsafe class PixelBuffer : IDisposable
{
    /// <summary>A 1080p picture of four bytes has 8 MB; what is much larger is rare and not worth keeping.</summary>
    private const int LargestPooled = 16 << 20;

    private readonly byte[]? _pooled;
    private GCHandle _pin;
    private byte* _memory;

    internal PixelBuffer(int width, int height, int bytesPerPixel)
    {
        (Width, Height, BytesPerPixel) = (width, height, bytesPerPixel);
        Length = checked(width * height * bytesPerPixel);
        if (Length <= LargestPooled)
        {
            _pooled = ArrayPool<byte>.Shared.Rent(Length);
            _pin = GCHandle.Alloc(_pooled, GCHandleType.Pinned);
            _memory = (byte*)_pin.AddrOfPinnedObject();
        }
        else
        {
            _memory = (byte*)NativeMemory.Alloc((nuint)Length);
        }
    }

    internal int Width { get; }

    internal int Height { get; }

    internal int BytesPerPixel { get; }

    internal int Length { get; }

    internal int Stride => Width * BytesPerPixel;

    internal nint Address => (nint)_memory;

    internal Span<byte> Pixels => new(_memory, Length);

    internal ReadOnlySpan<byte> Row(int y) => new(_memory + ((long)y * Stride), Stride);

    public void Dispose()
    {
        if (_memory is null) return;
        var memory = _memory;
        _memory = null;
        if (_pooled is null)
        {
            NativeMemory.Free(memory);
            return;
        }
        _pin.Free();
        ArrayPool<byte>.Shared.Return(_pooled);
    }
}
