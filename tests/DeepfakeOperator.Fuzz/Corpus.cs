using System.Diagnostics;
using SkiaSharp;

namespace DeepfakeOperator.Fuzz;

/// <summary>What is mutated: a small file of each format, made by ffmpeg and the still library, and texts that are no media at all.</summary>
internal static class Corpus
{
    // Small: the time of a run is that of starting ffmpeg, and a mutation should hit what matters.
    private const string Picture = "-f lavfi -i testsrc2=s=64x48:r=8:d=1";
    private const string Tone = "-f lavfi -i sine=d=1:r=16000";
    private const string One = Picture + " -frames:v 1";

    /// <summary>File name and ffmpeg's arguments.</summary>
    private static readonly (string Name, string Arguments)[] Recipes =
    [
        ("h264-aac.mp4", $"{Picture} {Tone} -c:v libx264 -pix_fmt yuv420p -c:a aac"),
        ("fragmented.mp4", $"{Picture} -c:v libx264 -movflags frag_keyframe+empty_moov"),
        ("hevc.mp4", $"{Picture} -c:v libx265 -preset ultrafast -x265-params log-level=none"),
        ("av1.mp4", $"{Picture} -c:v libaom-av1 -cpu-used 8"),
        ("turned.mov", $"{Picture} -c:v mpeg4 -metadata:s:v:0 rotate=90"),
        ("prores.mov", $"{Picture} -c:v prores_ks"),
        ("h264-subtitles.mkv", $"{Picture} {Tone} -f srt -i SUBTITLES -c:v libx264 -c:a libvorbis -c:s ass"),
        ("vp9-opus.webm", $"{Picture} {Tone} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
        ("vp8.webm", $"{Picture} -c:v libvpx -deadline realtime"),
        ("mpeg4-mp3.avi", $"{Picture} {Tone} -c:v mpeg4 -c:a libmp3lame"),
        ("mjpeg.avi", $"{Picture} -c:v mjpeg -pix_fmt yuvj420p"),
        ("h264.ts", $"{Picture} -c:v libx264"),
        ("mpeg2.mpg", $"{Picture} -r 25 -c:v mpeg2video -f vob"),
        ("flv1.flv", $"{Picture} -c:v flv1"),
        ("wmv2.asf", $"{Picture} {Tone} -c:v wmv2 -c:a wmav2"),
        ("theora.ogv", $"{Picture} -c:v libtheora"),
        ("animation.gif", Picture),
        ("animation.webp", $"{Picture} -c:v libwebp_anim"),
        ("picture.avif", $"{One} -c:v libaom-av1 -still-picture 1"),
        ("deep.png", $"{One} -pix_fmt rgb48be"),
        ("gray.png", $"{One} -pix_fmt gray"),
        ("palette.png", $"{One} -pix_fmt pal8"),
        ("picture.bmp", One),
        ("tone.wav", Tone),
        ("tone.flac", Tone),
        ("tone.ogg", $"{Tone} -c:a libvorbis"),
        ("tone.opus", $"{Tone} -c:a libopus"),
        ("tone.mp3", $"{Tone} -c:a libmp3lame -metadata title=x"),
        ("tone.aac", $"{Tone} -c:a aac"),
        ("tone.m4a", $"{Tone} -c:a aac"),
    ];

    /// <summary>Makes the files in a folder, for <see cref="Read"/> to find.</summary>
    internal static async Task MakeAsync(string folder, string authority, CancellationToken cancellationToken)
    {
        var subtitles = Path.Combine(folder, "subtitles.srt");
        await File.WriteAllTextAsync(subtitles, "1\n00:00:00,000 --> 00:00:01,000\nwords\n", cancellationToken);
        foreach (var (name, arguments) in Recipes) await FfmpegAsync(arguments.Replace("SUBTITLES", subtitles, StringComparison.Ordinal), Path.Combine(folder, name), cancellationToken);
        foreach (var (name, bytes) in Stills()) await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, cancellationToken);
        foreach (var sample in HostileText.All(authority)) await File.WriteAllBytesAsync(Path.Combine(folder, sample.Name), sample.Bytes, cancellationToken);
        var movie = await File.ReadAllBytesAsync(Path.Combine(folder, "turned.mov"), cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, "elsewhere.mov"), Boxes.WithDataElsewhere(movie, $"http://{authority}/x"), cancellationToken);
    }

    /// <summary>Always in one order, so that a number names a file.</summary>
    internal static IReadOnlyList<Sample> Read(string folder) =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => new Sample(Path.GetFileName(path), File.ReadAllBytes(path)))];

    private static IEnumerable<(string Name, byte[] Bytes)> Stills()
    {
        using var bitmap = new SKBitmap(64, 48, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var pixels = bitmap.GetPixelSpan();
        var random = new Random(1);
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((i / 4 % 64 * 4) + random.Next(16));
        byte[] Encoded(SKEncodedImageFormat format, int quality)
        {
            using var data = bitmap.Encode(format, quality);
            return data.ToArray();
        }
        yield return ("photo.jpg", Encoded(SKEncodedImageFormat.Jpeg, 80));
        yield return ("alpha.png", Encoded(SKEncodedImageFormat.Png, 100));
        yield return ("lossy.webp", Encoded(SKEncodedImageFormat.Webp, 80));
        yield return ("lossless.webp", Encoded(SKEncodedImageFormat.Webp, 100));
    }

    private static async Task FfmpegAsync(string arguments, string path, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", $"-nostdin -v error -y {arguments} -bitexact {path}") { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg cannot make {Path.GetFileName(path)}: {errors}");
    }
}
