using System.Net.Sockets;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// A socket that ffmpeg writes raw frames to. Not the pipe of FFMpegCore: that one is closed as soon as ffmpeg exits, and frames that a busy machine has
/// not read by then are lost. This one is read to its end, whoever wrote it is gone or not.
/// </summary>
internal sealed class FramePipe : IDisposable
{
    /// <summary>Reads of 4 KiB make decoding 1.6 times slower than reads of this size.</summary>
    private const int BlockBytes = 256 << 10;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"frames-{Guid.NewGuid():N}");

    internal FramePipe()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen(2);
    }

    /// <summary>Where ffmpeg has to write.</summary>
    internal string Url => $"unix:{_path}";

    /// <summary>Hands every whole frame to <paramref name="onFrame"/>, one buffer for all: a frame is done with before the next is read.</summary>
    /// <param name="frame">Takes one frame after the other.</param>
    /// <param name="onFrame">Told the index of the frame.</param>
    /// <param name="writer">Ends with the process that writes, whether or not it ever came to writing.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>How many there were; what is left of a broken last frame is dropped.</returns>
    internal async Task<int> ReadAsync(PixelBuffer frame, Func<int, PixelBuffer, CancellationToken, ValueTask> onFrame, Task writer, CancellationToken ct)
    {
        _ = HangUpAfterAsync(writer);
        using var connection = await _listener.AcceptAsync(ct);
        var block = new byte[Math.Min(BlockBytes, frame.Length)];
        var frames = 0;
        while (await FillAsync(connection, block, frame, ct)) await onFrame(frames++, frame, ct);
        return frames;
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    /// <summary>A writer that ended without a word is spoken for, so that nobody waits for it. After one that did write this comes second, and is not heard.</summary>
    private async Task HangUpAfterAsync(Task writer)
    {
        await writer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path));
        }
        catch (SocketException)
        {
            // The reader is done and gone.
        }
    }

    private static async ValueTask<bool> FillAsync(Socket connection, byte[] block, PixelBuffer frame, CancellationToken ct)
    {
        for (var filled = 0; filled < frame.Length;)
        {
            var read = await connection.ReceiveAsync(block.AsMemory(0, Math.Min(block.Length, frame.Length - filled)), ct);
            if (read == 0) return false;
            block.AsSpan(0, read).CopyTo(frame.Pixels[filled..]);
            filled += read;
        }
        return true;
    }
}
