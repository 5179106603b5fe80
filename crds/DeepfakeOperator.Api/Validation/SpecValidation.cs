using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Validation;

/// <summary>
/// The CEL rules of the CRDs once more, for API servers that do not run them (older than 1.25). Same verdict, same message, same field; a test runs
/// both on the same objects. What the schemas themselves check (types, bounds, enums, patterns) is not repeated: every API server does that. Rules on
/// changes are not here either: they need the old object, and what they protect is frozen in the plan.
/// </summary>
public static class SpecValidation
{
    /// <summary>What is wrong with a scan, as <c>field: message</c>; empty: nothing.</summary>
    public static IReadOnlyList<string> Check(ScanJobSpec spec) => [.. ScanJobRules.Violations(spec)];

    /// <summary>What is wrong with a detector, as <c>field: message</c>; empty: nothing.</summary>
    public static IReadOnlyList<string> Check(DetectorSpec spec) => [.. DetectorRules.Violations(spec)];
}
