using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Internal;

/// <summary>
/// What a worker needs to know, as a JSON file mounted from the ScanJob's ConfigMap (key <see cref="FileName"/>). Holds no secret: those are mounted as files.
/// </summary>
public sealed record ScanConfiguration
{
    /// <summary>Key in the ConfigMap and name of the file.</summary>
    public const string FileName = "scan.json";

    /// <summary>Namespace of the ScanJob.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the ScanJob.</summary>
    public required string Name { get; init; }

    /// <summary>Uid of the ScanJob.</summary>
    public required string Uid { get; init; }

    /// <summary>The job's spec, without what only the operator reads (the pod template).</summary>
    public required ScanJobSpec Spec { get; init; }

    /// <summary>The detectors of <c>spec.detectors</c>, in that order.</summary>
    public required IReadOnlyList<ResolvedDetector> Detectors { get; init; }
}
