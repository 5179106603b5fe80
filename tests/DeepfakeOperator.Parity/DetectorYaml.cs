using System.Text.Json;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.Parity;

/// <summary>The detectors of a folder, with those that they name.</summary>
internal static class DetectorYaml
{
    internal static IReadOnlyList<ResolvedDetector> Read(string folder)
    {
        var all = Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
            .SelectMany(file => ManifestApplier.Parse(File.ReadAllText(file)))
            .Select(manifest => new ResolvedDetector((string)manifest["metadata"]!["name"]!, 1, manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!))
            .ToArray();
        return
        [
            .. all.Select(detector => detector with
            {
                Helpers = [.. all.Where(helper => helper.Name == detector.Spec.Face?.Detector || helper.Name == detector.Spec.Audio?.VoiceActivity)],
            }),
        ];
    }
}
