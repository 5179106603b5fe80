using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Validation;
using YamlDotNet.Core;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>Reads detectors from YAML files, checked as the API server would check them.</summary>
internal static class DetectorFiles
{
    private const string Sha256Field = "spec.model.sha256";

    /// <summary>All detectors of the files, in order.</summary>
    /// <exception cref="UsageException">A file is not there, or holds no detector.</exception>
    internal static async Task<IReadOnlyList<DetectorDocument>> ReadAsync(IEnumerable<string> files, CancellationToken ct)
    {
        var documents = new List<DetectorDocument>();
        foreach (var file in files)
        {
            string text;
            try
            {
                text = await File.ReadAllTextAsync(file, ct);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"{file}: cannot be read: {error.Message}");
            }
            var found = Read(file, text);
            if (found.Count == 0) throw new UsageException($"{file}: holds no Detector or ClusterDetector");
            documents.AddRange(found);
        }
        foreach (var twice in documents.GroupBy(document => document.Name).Where(group => group.Count() > 1))
            throw new UsageException($"metadata.name: '{twice.Key}' is the name of {twice.Count()} detectors; give each its own");
        return documents;
    }

    private static IReadOnlyList<DetectorDocument> Read(string file, string text)
    {
        try
        {
            return [.. YamlTree.Read(new StringReader(text)).Select(tree => Read(file, tree))];
        }
        catch (YamlException error)
        {
            return [new DetectorDocument(Path.GetFileName(file), null, [$"{file}:{error.Start.Line}: no valid YAML: {error.Message}"], null, false)];
        }
    }

    private static DetectorDocument Read(string file, YamlTree tree)
    {
        var root = tree.Root as JsonObject ?? [];
        var name = root["metadata"] is JsonObject metadata ? Text(metadata["name"]) : null;
        var problems = Envelope(root, name).ToList();
        var spec = root["spec"] as JsonObject;
        if (spec is not null) problems.AddRange(DetectorSchema.Problems(spec));
        DetectorSpec? descriptor = null;
        if (problems.Count == 0)
        {
            try
            {
                descriptor = spec.Deserialize<DetectorSpec>(ApiJson.Options)!;
                problems.AddRange(SpecValidation.Check(descriptor).Select(Split));
            }
            catch (JsonException error)
            {
                // What the schema lets through and a C# type does not hold: 1.0 for a whole number.
                problems.Add(($"spec{error.Path?.TrimStart('$')}", "has another form than the schema says"));
            }
        }
        return new DetectorDocument(
            name ?? Path.GetFileName(file),
            problems.Count == 0 ? descriptor : null,
            [.. problems.Select(problem => $"{file}:{tree.LineOf(problem.Path)}: {problem.Path}: {problem.Message}")],
            spec?["model"] is JsonObject model ? Text(model["uri"]) : null,
            problems is [(Sha256Field, _)]);
    }

    private static IEnumerable<(string Path, string Message)> Envelope(JsonObject root, string? name)
    {
        if (Text(root["apiVersion"]) != ApiGroup.ApiVersion) yield return ("apiVersion", $"must be {ApiGroup.ApiVersion}");
        if (Text(root["kind"]) is not (Detector.KindName or ClusterDetector.KindName))
            yield return ("kind", $"must be {Detector.KindName} or {ClusterDetector.KindName}");
        if (string.IsNullOrEmpty(name)) yield return ("metadata.name", "required");
        if (root["spec"] is not JsonObject) yield return ("spec", "required");
    }

    private static (string Path, string Message) Split(string violation)
    {
        var colon = violation.IndexOf(": ", StringComparison.Ordinal);
        return (violation[..colon], violation[(colon + 2)..]);
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? (string)node! : null;
}
