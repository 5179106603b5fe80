using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepfakeOperator.Demo;

/// <summary>A folder of media: the sample corpus, which has a manifest, or anybody's own files.</summary>
public static class Corpus
{
    /// <summary>Name of the file that lists a corpus's items, one JSON object a line.</summary>
    public const string ManifestName = "manifest.jsonl";

    private const string Rename = "rename the file to have the folder's own files scanned";

    // What a worker takes as an item's id.
    private const int LongestId = 512;

    /// <summary>Reads a corpus. Every item is a reference to a file under <paramref name="folder"/>, or inline where the manifest says so.</summary>
    /// <param name="folder">Where the media is.</param>
    /// <param name="say">Told what is left out, line by line.</param>
    /// <param name="cancellationToken">Gives up, also while the file system does not answer.</param>
    /// <exception cref="DemoException">There is no such folder, nothing in it can be read, or its manifest is wrong.</exception>
    public static async Task<IReadOnlyList<CorpusItem>> LoadAsync(string folder, Action<string> say, CancellationToken cancellationToken) =>
        // A folder may be on a network, where a read can hang and hears no token: then its thread is left behind.
        await Task.Run(() => Load(folder, say, cancellationToken), cancellationToken).WaitAsync(cancellationToken);

    private static List<CorpusItem> Load(string folder, Action<string> say, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw new DemoException($"there is no folder {folder}; CORPUS= takes a folder of media files");
        var manifest = Path.Combine(folder, ManifestName);
        if (File.Exists(manifest)) return FromManifest(folder, manifest, cancellationToken);
        var files = MediaFolder.Files(folder, say, cancellationToken);
        return [.. files.Select(path => Reference(IdOf(Path.GetRelativePath(folder, path)), path, null, null, null))];
    }

    private static List<CorpusItem> FromManifest(string folder, string manifest, CancellationToken cancellationToken)
    {
        var items = new List<CorpusItem>();
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(manifest))
            {
                cancellationToken.ThrowIfCancellationRequested();
                number++;
                if (line.Length == 0) continue;
                items.Add(Entry(folder, JsonNode.Parse(line) as JsonObject ?? throw new JsonException("this is no JSON object")));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"{manifest}, line {Math.Max(number, 1)}: {error.Message}; mend the line, or {Rename}");
        }
        return items.Count > 0 ? items : throw new DemoException($"{manifest} lists nothing; fill it, or {Rename}");
    }

    private static CorpusItem Entry(string folder, JsonObject entry)
    {
        string Needed(string field) => (string?)entry[field] ?? throw new JsonException($"the field \"{field}\" is missing");
        var id = Needed("id");
        var path = Path.Combine(folder, Needed("file"));
        var contentType = (string?)entry["contentType"];
        var expected = (string?)entry["error"] ?? CorpusItem.AVerdict;
        return (bool?)entry["inline"] == true
            ? new CorpusItem(id, File.ReadAllBytes(path), contentType, expected)
            : Reference(id, path, contentType, entry["metadata"]?.DeepClone(), expected);
    }

    /// <summary>The path in the folder; where a worker would refuse that as an id, what can be read of it and a hash.</summary>
    private static string IdOf(string path)
    {
        if (path.Length <= LongestId && !path.Any(char.IsControl)) return path;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        var end = path.TakeLast(LongestId / 2);
        var readable = string.Concat(end.Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '_' : letter));
        return $"{readable}~{hash}";
    }

    private static CorpusItem Reference(string id, string path, string? contentType, JsonNode? metadata, string? expected)
    {
        // Uri takes a path's own %41 for an escaped A, so each part is escaped here.
        var uri = "file://" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var reference = new JsonObject { ["id"] = id, ["uri"] = uri };
        if (contentType is not null) reference["contentType"] = contentType;
        if (metadata is not null) reference["metadata"] = metadata;
        return new CorpusItem(id, JsonSerializer.SerializeToUtf8Bytes(reference), null, expected);
    }
}
