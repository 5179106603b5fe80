using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning;

/// <summary>What all items of a pipeline share; lists are in the order of the configuration's detectors.</summary>
/// <param name="Specs">The descriptors.</param>
/// <param name="Names">The detectors' names.</param>
/// <param name="Readers">What makes sense of a detector's raw values; null for one that is served elsewhere.</param>
/// <param name="Parts">What makes a detector's part of the verdict of its readings.</param>
/// <param name="Verdicts">What judges.</param>
/// <param name="Finish">Called when nothing is outstanding for an item.</param>
/// <param name="Raw">Told the raw outputs of each unit, or null.</param>
/// <param name="Time">The clock.</param>
internal sealed record ScanPipelineContext(
    IReadOnlyList<DetectorSpec> Specs,
    IReadOnlyList<string> Names,
    IReadOnlyList<OutputReader?> Readers,
    IReadOnlyList<PartBuilder> Parts,
    VerdictBuilder Verdicts,
    Action<ScanPipelineItem, Action<ItemOutcome>> Finish,
    Action<RawOutputs>? Raw,
    TimeProvider Time);
