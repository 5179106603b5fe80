using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Tests.Schemas;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.Api.Tests.Rules;

/// <summary>The cases of one kind, from an embedded file.</summary>
internal sealed class RuleCases
{
    private RuleCases(Crd crd, string file)
    {
        Crd = crd;
        using var reader = new StreamReader(typeof(RuleCases).Assembly.GetManifestResourceStream(file)!);
        var documents = ManifestApplier.Parse(reader.ReadToEnd());
        Base = documents[0];
        Base["kind"] = crd.Kind;
        All = [.. documents.Skip(1).Select(document =>
        {
            var before = document["before"] is JsonObject change ? MergePatch.Apply(Base, change) : null;
            return new RuleCase(
                (string)document["at"]!, (string)document["rule"]!, (string?)document["field"], before,
                MergePatch.Apply(before ?? Base, document["accepted"]!.AsObject()),
                document["refused"] is JsonObject refused ? MergePatch.Apply(before ?? Base, refused) : null);
        })];
    }

    public static RuleCases ScanJobs { get; } = new(Crd.ScanJobs, "scanjob-rules.yaml");

    public static RuleCases Detectors { get; } = new(Crd.Detectors, "detector-rules.yaml");

    public static RuleCases ClusterDetectors { get; } = new(Crd.ClusterDetectors, "detector-rules.yaml");

    public static IReadOnlyList<RuleCases> Kinds { get; } = [ScanJobs, Detectors, ClusterDetectors];

    public Crd Crd { get; }

    public JsonObject Base { get; }

    public IReadOnlyList<RuleCase> All { get; }
}
