using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning;

/// <summary>What all items of a pipeline share; lists are in the order of the configuration's detectors.</summary>
/// <param name="Specs">The descriptors.</param>
/// <param name="Readers">What turns a detector's raw values into scores.</param>
/// <param name="Widths">Values of each output of a detector.</param>
/// <param name="Verdicts">What judges.</param>
/// <param name="Finish">Called when nothing is outstanding for an item.</param>
/// <param name="Time">The clock.</param>
internal sealed record ScanPipelineContext(
    IReadOnlyList<DetectorSpec> Specs,
    IReadOnlyList<ScoreReader> Readers,
    IReadOnlyList<int[]> Widths,
    VerdictBuilder Verdicts,
    Action<ScanPipelineItem, Action<ItemOutcome>> Finish,
    TimeProvider Time);
