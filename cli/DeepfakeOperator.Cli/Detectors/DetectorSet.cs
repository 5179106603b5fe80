using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>Detectors with their models found.</summary>
internal static class DetectorSet
{
    /// <summary>The detectors, each with the files that <c>--model</c> names in place of its addresses.</summary>
    internal static IReadOnlyList<ResolvedDetector> Resolve(IReadOnlyList<DetectorDocument> documents, ModelFiles? files)
    {
        var models = documents.Count(document => document.ModelUri is not null);
        return [.. documents.Select(document => new ResolvedDetector(document.Name, 1, Located(document.Spec!, files, only: models == 1)))];
    }

    private static DetectorSpec Located(DetectorSpec spec, ModelFiles? files, bool only)
    {
        if (files is null) return spec;
        if (spec.Model is { } model && files.Find(model.Uri, model.Sha256, only) is { } file)
            spec = spec with { Model = model with { Uri = ModelFiles.UriOf(file) } };
        // The golden input may lie beside the model.
        if (spec.Conformance is { Input: var input } conformance && files.Find(input.Uri, input.Sha256, only: false) is { } golden)
            spec = spec with { Conformance = conformance with { Input = input with { Uri = ModelFiles.UriOf(golden) } } };
        return spec;
    }
}
