namespace DeepfakeOperator.Scanning;

/// <summary>Hands an item to a pipeline; waits while it is full. <paramref name="done"/> is called once, on any thread.</summary>
/// <param name="item">The item.</param>
/// <param name="done">Told its outcome.</param>
/// <param name="ct">Ends the waiting.</param>
public delegate ValueTask SubmitItem(SourceItem item, Action<ItemOutcome> done, CancellationToken ct);
