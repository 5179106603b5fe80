namespace DeepfakeOperator.Fuzz;

/// <summary>A file of the corpus, to be mutated.</summary>
/// <param name="Name">Its name, which tells the format.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record Sample(string Name, byte[] Bytes)
{
    internal SampleKind Kind { get; } = Path.GetExtension(Name) switch
    {
        ".jpg" or ".png" or ".webp" or ".bmp" or ".avif" => SampleKind.Still,
        ".mp4" or ".mov" or ".mkv" or ".webm" or ".avi" or ".ts" or ".mpg" or ".flv" or ".asf" or ".gif" or ".ogv" or ".ogg" or ".opus" or ".wav" or ".flac" or ".mp3"
            or ".aac" or ".m4a" => SampleKind.Moving,
        _ => SampleKind.Text,
    };
}
