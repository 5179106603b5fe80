using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>An item with what became of it.</summary>
/// <param name="Source">The item, as a worker would have read it from Kafka.</param>
/// <param name="Outcome">A verdict or a failure.</param>
/// <param name="Raw">Raw outputs of the models; null: nobody asked for them.</param>
internal sealed record ScannedItem(SourceItem Source, ItemOutcome Outcome, IReadOnlyList<RawRecord>? Raw = null);
