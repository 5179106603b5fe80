using FFMpegCore.Pipes;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Takes raw frames from ffmpeg's pipe, one buffer for all: the handler is done with a frame before the next is read.</summary>
internal sealed class FrameSink(PixelBuffer frame, Func<int, PixelBuffer, CancellationToken, ValueTask> onFrame) : IPipeSink
{
    /// <summary>A pipe read of 4 KiB, the library's default, makes decoding 1.6 times slower than one of this size.</summary>
    private const int BlockBytes = 256 << 10;

    private readonly byte[] _block = new byte[Math.Min(BlockBytes, frame.Length)];

    /// <summary>Frames that were handled.</summary>
    internal int Frames { get; private set; }

    /// <summary>What the handler threw; ffmpeg only sees its pipe close.</summary>
    internal Exception? Error { get; private set; }

    public async Task ReadAsync(Stream inputStream, CancellationToken cancellationToken)
    {
        try
        {
            while (await FillAsync(inputStream, cancellationToken)) await onFrame(Frames++, frame, cancellationToken);
        }
        catch (Exception error) when (error is not IOException)
        {
            Error = error;
            throw;
        }
    }

    public string GetStreamArguments() => "-f rawvideo -pix_fmt rgb24";

    /// <summary>False at the end of the stream; what is left of a broken last frame is dropped.</summary>
    private async ValueTask<bool> FillAsync(Stream stream, CancellationToken ct)
    {
        for (var filled = 0; filled < frame.Length;)
        {
            var read = await stream.ReadAsync(_block.AsMemory(0, Math.Min(_block.Length, frame.Length - filled)), ct);
            if (read == 0) return false;
            _block.AsSpan(0, read).CopyTo(frame.Pixels[filled..]);
            filled += read;
        }
        return true;
    }
}
