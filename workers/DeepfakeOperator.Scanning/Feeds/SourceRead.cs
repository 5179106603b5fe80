using Confluent.Kafka;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>One step through a range of a source partition: a record, or offsets that are gone.</summary>
/// <param name="Offset">Its first offset.</param>
/// <param name="Next">The offset after it.</param>
/// <param name="Record">The record; null where the offsets are gone.</param>
/// <param name="Gone">Why they are gone; null where there is a record.</param>
internal readonly record struct SourceRead(long Offset, long Next, ConsumeResult<byte[], byte[]>? Record, string? Gone);
