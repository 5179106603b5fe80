using System.Security.Cryptography;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>What <c>--model</c> names: one file, or a folder whose files are found by sha256 or by name.</summary>
internal sealed class ModelFiles
{
    private const int MostFiles = 100_000;

    private readonly string[] _files;
    private readonly bool _folder;
    private readonly Dictionary<string, string?> _hashes = [];

    /// <exception cref="UsageException">There is nothing at the path.</exception>
    internal ModelFiles(string path)
    {
        _folder = Directory.Exists(path);
        if (!_folder && !File.Exists(path)) throw new UsageException($"--model: '{path}' is neither a file nor a folder");
        _files = _folder
            ? [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Take(MostFiles).Select(Path.GetFullPath).Order(StringComparer.Ordinal)]
            : [Path.GetFullPath(path)];
    }

    /// <summary>
    /// The file for an address: of the same name and sha256, else of that sha256, else of that name (so that a wrong sha256 is reported, not hidden).
    /// A single file is the model of an <paramref name="only"/> detector whatever its name. Null: none.
    /// </summary>
    internal string? Find(string uri, string? sha256, bool only)
    {
        if (!_folder && only) return _files[0];
        var name = Path.GetFileName(uri.Split('?', '#')[0]);
        var named = _files.Where(file => Path.GetFileName(file) == name).ToArray();
        if (sha256 is null) return named.FirstOrDefault();
        var alike = _files.Where(file => Path.GetExtension(file) == Path.GetExtension(name));
        return named.Concat(alike).FirstOrDefault(file => sha256.Equals(Sha256(file), StringComparison.OrdinalIgnoreCase)) ?? named.FirstOrDefault();
    }

    /// <summary>Lower-case hex; null where the file cannot be read.</summary>
    internal string? Sha256(string file)
    {
        if (_hashes.TryGetValue(file, out var known)) return known;
        try
        {
            using var stream = File.OpenRead(file);
            return _hashes[file] = Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return _hashes[file] = null;
        }
    }

    /// <summary>The address of a local file.</summary>
    internal static string UriOf(string path) =>
        "file://" + string.Join('/', Path.GetFullPath(path).Split('/').Select(Uri.EscapeDataString));
}
