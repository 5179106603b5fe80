using System.Buffers;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Media at hand: in memory, or under a path fit for a decoder's command line. Disposing gives back all it holds.</summary>
internal sealed class FetchedMedia : IDisposable
{
    private byte[]? _pooled;
    private Action? _release;

    private FetchedMedia(MediaType type, string sha256, long length) => (Type, Sha256, Length) = (type, sha256, length);

    /// <summary>What the first bytes say it is.</summary>
    internal MediaType Type { get; }

    /// <summary>Lower-case hex.</summary>
    internal string Sha256 { get; }

    internal long Length { get; }

    /// <summary>The bytes, or empty where <see cref="LocalPath"/> is set.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>A path made by this process, or null. It holds no character of the item's, which could end a quoted argument.</summary>
    internal string? LocalPath { get; private init; }

    internal static FetchedMedia InMemory(MediaType type, string sha256, ReadOnlyMemory<byte> bytes, byte[]? pooled, Action? release) =>
        new(type, sha256, bytes.Length) { Bytes = bytes, _pooled = pooled, _release = release };

    /// <summary>A file of the scratch folder, deleted at the end.</summary>
    internal static FetchedMedia InScratch(MediaType type, string sha256, long length, string path) =>
        new(type, sha256, length) { LocalPath = path, _release = () => File.Delete(path) };

    /// <summary>
    /// An open file, named through this process's descriptor table: no copy, no foreign character in the name, and what was checked is what is read.
    /// </summary>
    internal static FetchedMedia Open(MediaType type, string sha256, long length, FileStream file) =>
        new(type, sha256, length) { LocalPath = LocalFile.DescriptorPath(file.SafeFileHandle), _release = file.Dispose };

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled) ArrayPool<byte>.Shared.Return(pooled);
        Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
