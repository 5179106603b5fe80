using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.Api.Tests.Schemas;

/// <summary>One file of <c>crds/</c> and the C# type that it describes.</summary>
internal sealed class Crd
{
    private Crd(string file, Type type)
    {
        Plural = file;
        Type = type;
        Manifest = ManifestApplier.Parse(File.ReadAllText(Path.Combine(Folder(), file + ".yaml")))[0];
        Version = Manifest["spec"]!["versions"]![0]!.AsObject();
        Schema = Version["schema"]!["openAPIV3Schema"]!.AsObject();
    }

    public static Crd ScanJobs { get; } = new(ScanJob.Plural, typeof(ScanJob));

    public static Crd Detectors { get; } = new(Detector.Plural, typeof(Detector));

    public static Crd ClusterDetectors { get; } = new(ClusterDetector.Plural, typeof(ClusterDetector));

    public static IReadOnlyList<Crd> All { get; } = [ScanJobs, Detectors, ClusterDetectors];

    public string Plural { get; }

    public Type Type { get; }

    public JsonObject Manifest { get; }

    public JsonObject Version { get; }

    public JsonObject Schema { get; }

    public string Kind => (string)Manifest["spec"]!["names"]!["kind"]!;

    public bool Namespaced => (string?)Manifest["spec"]!["scope"] == "Namespaced";

    public override string ToString() => Plural;

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "DeepfakeOperator.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "crds");
    }
}
