namespace DeepfakeOperator.Simulator;

/// <summary>Keeps the numbers of a documentation page: what stands between two marks is replaced.</summary>
internal static class Page
{
    private const string Start = "<!-- simulate: start -->";
    private const string End = "<!-- simulate: end -->";

    /// <exception cref="InvalidDataException">The page has no marks.</exception>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellation)
    {
        var page = await File.ReadAllTextAsync(path, cancellation);
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (start < 0 || end < start) throw new InvalidDataException($"{path} has no '{Start}' before a '{End}' to write between");
        await File.WriteAllTextAsync(path, $"{page[..start]}{Start}\n\n{text}\n\n{page[end..]}", cancellation);
    }
}
