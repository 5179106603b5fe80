using System.Globalization;
using System.Runtime.InteropServices;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Media;
using FFMpegCore;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>
/// The first track of sound of an item, through ffmpeg: mixed to one channel, resampled, as floats. The resampler is ffmpeg's own (swr), which is in
/// every build and which published detectors' goldens were made with. It goes through a file, of which nothing is lost however busy the reader is.
/// </summary>
internal sealed class AudioDecoder(string scratchFolder, TimeSpan timeout, TimeProvider time)
{
    private readonly Ffmpeg _ffmpeg = new(scratchFolder, timeout, time);

    /// <summary>Silence where a track begins late or has holes, so that a sample's number tells its second of the item.</summary>
    private const string Aligned = "-af aresample=async=1:first_pts=0";

    /// <summary>The sound, no more than <paramref name="longest"/> seconds from the start.</summary>
    /// <param name="media">The item's media.</param>
    /// <param name="sampleRate">Wanted.</param>
    /// <param name="longest">Seconds.</param>
    /// <param name="aligned">True: the first sample is that of second 0 of the item; false: it is the track's first.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ScanPipelineItemException">Broken, or decoding took too long.</exception>
    internal Task<Recording> DecodeAsync(FetchedMedia media, int sampleRate, double longest, bool aligned, CancellationToken ct) =>
        _ffmpeg.WithinTimeAsync(token => DecodeOnceAsync(media, sampleRate, longest, aligned, token), ct);

    private async Task<Recording> DecodeOnceAsync(FetchedMedia media, int sampleRate, double longest, bool aligned, CancellationToken token)
    {
        var path = Path.Combine(_ffmpeg.ScratchFolder, Guid.NewGuid().ToString("N") + MediaIntake.ScratchSuffix);
        try
        {
            // Without the limit two channels would be mixed as 0.7 of each, and 5.1 as more than all: models were trained on the mean.
            var running = FFMpegArguments
                .FromFileInput(media.LocalPath!, verifyExists: false, input => input.WithCustomArgument(
                    $"-nostdin -hide_banner -nostats -loglevel error -threads 1 -filter_threads 1 {Ffmpeg.Guard(media.Type)}"))
                .OutputToFile(path, overwrite: true, output => output.WithCustomArgument(string.Create(CultureInfo.InvariantCulture,
                    $"-map 0:a:0 -vn -sn -dn {(aligned ? Aligned : "")} -ac 1 -ar {sampleRate} -rematrix_maxval 1 -t {longest:0.######} -c:a pcm_f32le -f f32le")))
                .CancellableThrough(token, TimeSpan.Zero)
                .ProcessAsynchronously(throwOnError: false, _ffmpeg.Options, token);
            var exitCode = await Ffmpeg.ExitAsync(running);
            token.ThrowIfCancellationRequested();
            var bytes = File.Exists(path) ? await File.ReadAllBytesAsync(path, token) : [];
            if (bytes.Length < sizeof(float))
                throw Ffmpeg.Corrupt(exitCode == 0 ? "it holds no sound" : $"ffmpeg cannot decode its sound (exit code {exitCode})");
            return new Recording(Finite(MemoryMarshal.Cast<byte, float>(bytes).ToArray()), sampleRate);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>All sound of media that is at hand.</summary>
    /// <exception cref="ScanPipelineItemException">Broken, or nothing a decoder takes.</exception>
    internal static async Task<Recording> DecodeAsync(byte[] bytes, int sampleRate, ScanPipelineOptions options, CancellationToken ct)
    {
        Directory.CreateDirectory(options.ScratchFolder);
        using var media = await new MediaIntake(options.ScratchFolder, bytes.Length, new ByteBudget(bytes.Length)).TakeAsync(bytes, ct);
        if (media.LocalPath is null) throw Ffmpeg.Corrupt("a picture holds no sound");
        var decoder = new AudioDecoder(options.ScratchFolder, options.DecodeTimeout, options.TimeProvider);
        return await decoder.DecodeAsync(media, sampleRate, options.DecodeTimeout.TotalSeconds, aligned: false, ct);
    }

    private static float[] Finite(float[] samples) =>
        Array.TrueForAll(samples, float.IsFinite) ? samples : throw Ffmpeg.Corrupt("its samples are no finite numbers");
}
