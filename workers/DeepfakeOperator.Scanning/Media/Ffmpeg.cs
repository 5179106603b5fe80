using System.ComponentModel;
using DeepfakeOperator.Api.Records;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>What all runs of ffmpeg and ffprobe have in common: what they may open, where they may write, and how long they may take.</summary>
internal sealed class Ffmpeg(string scratchFolder, TimeSpan timeout, TimeProvider time)
{
    internal FFOptions Options { get; } = new() { TemporaryFilesFolder = scratchFolder, WorkingDirectory = scratchFolder };

    internal string ScratchFolder => scratchFolder;

    /// <summary>No table or frame needs more in one piece: the largest frame at sixteen bits and four channels takes 400 MB.</summary>
    private const int LargestAllocation = 512 << 20;

    /// <summary>Only the demuxer that the first bytes call for, and only local files and pipes: a playlist in disguise reaches nobody.</summary>
    internal static string Guard(MediaType type) =>
        $"-protocol_whitelist file,pipe -format_whitelist {type.Demuxer} -f {type.Demuxer} -max_pixels {StillDecoder.MaxPixels} -max_alloc {LargestAllocation}";

    /// <summary>Waits for a run and returns its exit code.</summary>
    /// <exception cref="ScanPipelineItemException">It broke.</exception>
    internal static async Task<int> ExitAsync(Task<FFMpegResult> running)
    {
        try
        {
            return (await running).ExitCode;
        }
        catch (FFMpegException error)
        {
            throw Corrupt("ffmpeg cannot decode it", error);
        }
    }

    /// <summary>Work on one item that ends with the wall clock.</summary>
    /// <exception cref="ScanPipelineItemException">It took too long, or ffmpeg is not there.</exception>
    internal async Task<T> WithinTimeAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var clock = new CancellationTokenSource(timeout, time);
        using var wall = CancellationTokenSource.CreateLinkedTokenSource(ct, clock.Token);
        try
        {
            return await work(wall.Token);
        }
        catch (Win32Exception error)
        {
            throw ScanPipelineItemException.Decode(ErrorClass.UnsupportedMedia, "this worker has no ffmpeg or ffprobe on its PATH", error);
        }
        catch (Exception error) when (clock.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw ScanPipelineItemException.Decode(ErrorClass.DecodeTimeout, $"not decoded within {timeout.TotalSeconds:0} s", error);
        }
    }

    internal static ScanPipelineItemException Corrupt(string message, Exception? inner = null) =>
        ScanPipelineItemException.Decode(ErrorClass.CorruptMedia, message, inner);
}
