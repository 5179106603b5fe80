using System.Globalization;
using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Parity;

/// <summary>A folder with weights, their golden outputs in golden/, and media in a folder beside it. Files are known by their sha256.</summary>
internal sealed class PublishedFiles
{
    private readonly Dictionary<string, string> _bySha256 = [];
    private readonly string _models;

    internal PublishedFiles(string models)
    {
        _models = Path.GetFullPath(models);
        Media = Path.GetFullPath(Path.Combine(models, "..", "media"));
        foreach (var file in Directory.EnumerateFiles(_models, "*.onnx").Concat(Directory.Exists(Media) ? Directory.EnumerateFiles(Media, "*", SearchOption.AllDirectories) : []))
            _bySha256[Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))] = file;
    }

    internal string Media { get; }

    /// <summary>The detector with the files that lie here in place of its addresses; null: its weights, or those of one that it names, do not.</summary>
    internal ResolvedDetector? Locate(ResolvedDetector detector)
    {
        if (detector.Spec.Model is not { } model || !_bySha256.TryGetValue(model.Sha256, out var weights)) return null;
        var helpers = detector.Helpers.Select(Locate).ToArray();
        if (helpers.Contains(null)) return null;
        var spec = detector.Spec with { Model = model with { Uri = "file://" + weights } };
        if (spec.Conformance is { } conformance && _bySha256.TryGetValue(conformance.Input.Sha256, out var golden))
            spec = spec with { Conformance = conformance with { Input = conformance.Input with { Uri = "file://" + golden } } };
        return detector with { Spec = spec, Helpers = helpers! };
    }

    /// <summary>A file that bears the name of the detector's weights and is not what the descriptor says; null: there is none.</summary>
    internal string? Impostor(DetectorSpec spec)
    {
        if (spec.Model is not { } model || _bySha256.ContainsKey(model.Sha256)) return null;
        var file = Path.Combine(_models, Path.GetFileName(model.Uri));
        return File.Exists(file) ? file : null;
    }

    /// <summary>The golden outputs of a detector's weights: a file and the values of its tensors.</summary>
    internal IEnumerable<(string File, IReadOnlyList<ExpectedOutput> Expected)> Golden(DetectorSpec spec)
    {
        var list = Path.Combine(_models, "golden", Path.GetFileNameWithoutExtension(_bySha256[spec.Model!.Sha256]) + ".tsv");
        if (!File.Exists(list)) yield break;
        foreach (var line in File.ReadLines(list).Where(line => line.Length > 0))
        {
            var fields = line.Split('\t');
            yield return (Path.Combine(Media, fields[0]), [.. fields[1..].Select(Expected)]);
        }
    }

    private static ExpectedOutput Expected(string field) => new()
    {
        Output = field.Split('=')[0],
        Values = [.. field.Split('=')[1].Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture))],
    };
}
