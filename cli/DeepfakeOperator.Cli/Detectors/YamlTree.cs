using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>
/// A YAML document as the JSON that the API server would make of it, and the line that each field stands on. Only plain scalars are numbers, booleans
/// or null; what stands in quotes is text. Nulls are left out, as if the field were not there.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>No detector is this deep; an alias to its own parent is.</summary>
    private const int MaxDepth = 64;

    /// <summary>Aliases of aliases could grow without end.</summary>
    private const int MaxNodes = 100_000;

    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlTree(YamlNode root)
    {
        Line = root.Start.Line;
        Root = Convert("", root, 0);
    }

    internal JsonNode? Root { get; }

    /// <summary>Where the document begins.</summary>
    internal long Line { get; }

    /// <summary>The documents of a text.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    internal static IReadOnlyList<YamlTree> Read(TextReader text)
    {
        var stream = new YamlStream();
        stream.Load(text);
        return [.. stream.Documents.Select(document => new YamlTree(document.RootNode)).Where(tree => tree.Root is not null)];
    }

    /// <summary>The line of a field, or of the nearest one above it that is there.</summary>
    internal long LineOf(string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(path, out var line)) return line;
        }
        return Line;
    }

    private JsonNode? Convert(string path, YamlNode node, int depth)
    {
        if (depth > MaxDepth || ++_nodes > MaxNodes) throw new YamlException(node.Start, node.End, "it is nested too deeply, or too large");
        _lines.TryAdd(path, node.Start.Line);
        switch (node)
        {
            case YamlMappingNode map:
                var fields = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                        throw new YamlException(key.Start, key.End, "a field's name must be plain text");
                    if (Convert(path.Length == 0 ? name : $"{path}.{name}", value, depth + 1) is { } child) fields[name] = child;
                }
                return fields;
            case YamlSequenceNode list:
                return new JsonArray([.. list.Children.Select((child, i) => Convert($"{path}[{i}]", child, depth + 1))]);
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar:
                return Plain(scalar.Value ?? "");
            default:
                return JsonValue.Create(((YamlScalarNode)node).Value);
        }
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when (char.IsAsciiDigit(text[^1]) || text[^1] == '.')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => JsonValue.Create(real),
        _ => JsonValue.Create(text),
    };
}
