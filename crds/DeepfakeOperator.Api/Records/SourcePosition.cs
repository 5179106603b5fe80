namespace DeepfakeOperator.Api.Records;

/// <summary>Where an item's record stands.</summary>
/// <param name="Topic">Source topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Offset of the record.</param>
public readonly record struct SourcePosition(string Topic, int Partition, long Offset);
