using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepfakeOperator.Demo;

/// <summary>A folder of media: the sample corpus, which has a manifest, or anybody's own files.</summary>
public static class Corpus
{
    /// <summary>Name of the file that lists a corpus's items, one JSON object a line.</summary>
    public const string ManifestName = "manifest.jsonl";

    /// <summary>Reads a corpus. Every item is a reference to a file under <paramref name="folder"/>, or inline where the manifest says so.</summary>
    /// <exception cref="DemoException">There is no such folder, or nothing in it.</exception>
    public static IReadOnlyList<CorpusItem> Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new DemoException($"there is no folder {folder}; CORPUS= takes a folder of media files");
        var manifest = Path.Combine(folder, ManifestName);
        var items = File.Exists(manifest) ? FromManifest(folder, manifest) : FromFiles(folder);
        return items.Count > 0 ? items : throw new DemoException($"the folder {folder} has no files");
    }

    private static List<CorpusItem> FromManifest(string folder, string manifest)
    {
        var items = new List<CorpusItem>();
        foreach (var line in File.ReadLines(manifest).Where(line => line.Length > 0))
        {
            var entry = JsonNode.Parse(line)!.AsObject();
            var id = (string)entry["id"]!;
            var path = Path.Combine(folder, (string)entry["file"]!);
            var contentType = (string?)entry["contentType"];
            var expected = (string?)entry["error"] ?? CorpusItem.AVerdict;
            items.Add((bool?)entry["inline"] == true
                ? new CorpusItem(id, File.ReadAllBytes(path), contentType, expected)
                : Reference(id, path, contentType, entry["metadata"]?.DeepClone(), expected));
        }
        return items;
    }

    private static List<CorpusItem> FromFiles(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => !Path.GetFileName(path).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .Select(path => Reference(Path.GetRelativePath(folder, path), path, null, null, null))];

    private static CorpusItem Reference(string id, string path, string? contentType, JsonNode? metadata, string? expected)
    {
        var reference = new JsonObject { ["id"] = id, ["uri"] = new Uri(path).AbsoluteUri };
        if (contentType is not null) reference["contentType"] = contentType;
        if (metadata is not null) reference["metadata"] = metadata;
        return new CorpusItem(id, JsonSerializer.SerializeToUtf8Bytes(reference), null, expected);
    }
}
