namespace DeepfakeOperator.Demo;

/// <summary>One record for the source topic.</summary>
/// <param name="Id">The item's id, also the record's key.</param>
/// <param name="Value">A bare reference as JSON, or the media itself.</param>
/// <param name="ContentType">Media type of inline bytes; null for a reference.</param>
public sealed record CorpusItem(string Id, byte[] Value, string? ContentType);
