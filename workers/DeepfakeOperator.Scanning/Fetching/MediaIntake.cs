using System.Buffers;
using System.Security.Cryptography;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// Takes a stream in: sniffs it, hashes it, caps it, and keeps it where its decoder wants it. Stills stay in memory while the budget lasts; videos,
/// and stills that do not fit, go to a file of the scratch folder under a generated name.
/// </summary>
internal sealed class MediaIntake(string scratchFolder, long maxBytes, ByteBudget budget)
{
    /// <summary>What one item may wait for before it starts; room for most photographs.</summary>
    internal const int FirstBytes = 1 << 20;

    /// <summary>Larger stills are decoded from a file.</summary>
    private const int LargestInMemory = 32 << 20;

    private const int BlockBytes = 128 << 10;

    /// <summary>Reads to the end. A stream that is a file already is not copied to scratch; the media then owns it.</summary>
    /// <exception cref="ScanPipelineItemException">Too large, or nothing that a decoder takes.</exception>
    internal async Task<FetchedMedia> ReceiveAsync(Stream stream, long? length, CancellationToken ct)
    {
        if (length > maxBytes) throw TooLarge();
        await budget.AcquireAsync(FirstBytes, ct);
        long reserved = FirstBytes;
        var first = length is > 0 and <= LargestInMemory ? (int)length.Value : BlockBytes;
        if (first > reserved && budget.TryAcquire(first - reserved)) reserved = first;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(first, MediaSniffer.Window), reserved));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var filled = await stream.ReadAtLeastAsync(buffer, MediaSniffer.Window, throwOnEndOfStream: false, ct);
            var type = Sniff(buffer.AsSpan(0, filled));
            hash.AppendData(buffer, 0, filled);
            while (type.Kind == MediaKind.Still)
            {
                if (filled > maxBytes) throw TooLarge();
                if (filled == buffer.Length)
                {
                    // The end of the stream is only known by asking, so a full buffer always tries to grow first.
                    if (Grown(buffer, ref reserved) is not { } larger) break;
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                var read = await stream.ReadAsync(buffer.AsMemory(filled), ct);
                if (read == 0)
                {
                    var (pooled, held) = (buffer, reserved);
                    (buffer, reserved) = ([], 0);
                    return FetchedMedia.InMemory(type, Hex(hash), pooled.AsMemory(0, filled), pooled, () => budget.Release(held));
                }
                hash.AppendData(buffer, filled, read);
                filled += read;
            }
            return stream is not FileStream file
                ? await ToScratchAsync(type, stream, buffer, filled, hash, ct)
                : FetchedMedia.Open(type, Hex(hash, await DrainAsync(stream, buffer, filled, hash, null, ct), out var total), total, file);
        }
        finally
        {
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
            if (reserved > 0) budget.Release(reserved);
        }
    }

    /// <summary>Bytes that came with the record: not copied, unless the decoder needs a file.</summary>
    internal async Task<FetchedMedia> TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (bytes.Length > maxBytes) throw TooLarge();
        var type = Sniff(bytes.Span[..Math.Min(bytes.Length, MediaSniffer.Window)]);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        if (type.Kind == MediaKind.Still) return FetchedMedia.InMemory(type, sha256, bytes, null, null);
        var path = ScratchPath();
        await File.WriteAllBytesAsync(path, bytes, ct);
        return FetchedMedia.InScratch(type, sha256, bytes.Length, path);
    }

    private async Task<FetchedMedia> ToScratchAsync(MediaType type, Stream stream, byte[] buffer, int filled, IncrementalHash hash, CancellationToken ct)
    {
        var path = ScratchPath();
        try
        {
            await using (var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: false))
            {
                await output.WriteAsync(buffer.AsMemory(0, filled), ct);
                var sha256 = Hex(hash, await DrainAsync(stream, buffer, filled, hash, output, ct), out var total);
                return FetchedMedia.InScratch(type, sha256, total, path);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Hashes, and writes where there is an output, the rest of a stream; returns the length of all of it.</summary>
    private async Task<long> DrainAsync(Stream stream, byte[] buffer, long total, IncrementalHash hash, FileStream? output, CancellationToken ct)
    {
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            total += read;
            if (total > maxBytes) throw TooLarge();
            hash.AppendData(buffer, 0, read);
            if (output is not null) await output.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        return total;
    }

    private byte[]? Grown(byte[] buffer, ref long reserved)
    {
        var size = buffer.Length * 2;
        if (size > LargestInMemory * 2) return null;
        if (size > reserved)
        {
            if (!budget.TryAcquire(size - reserved)) return null;
            reserved = size;
        }
        return ArrayPool<byte>.Shared.Rent(size);
    }

    private string ScratchPath() => Path.Combine(scratchFolder, Guid.NewGuid().ToString("N") + ScratchSuffix);

    /// <summary>Marks files of the scratch folder that belong to a pipeline.</summary>
    internal const string ScratchSuffix = ".media";

    private static MediaType Sniff(ReadOnlySpan<byte> head)
    {
        if (MediaSniffer.Sniff(head) is { } type) return type;
        if (head.IsEmpty) throw ScanPipelineItemException.Decode(ErrorClass.UnsupportedMedia, "the media is empty");
        throw ScanPipelineItemException.Decode(ErrorClass.UnsupportedMedia,
            UnsupportedKinds.Name(head) is { } name ? $"not decoded here: {name}" : "no decoder takes media that begins like this");
    }

    private static string Hex(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static string Hex(IncrementalHash hash, long length, out long total)
    {
        total = length;
        return Hex(hash);
    }

    private ScanPipelineItemException TooLarge() => ScanPipelineItemException.Fetch(ErrorClass.FetchTooLarge, $"more than source.media.maxBytes ({maxBytes} bytes)");
}
