using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>What a worker writes to Kafka: verdicts as binary CloudEvents, dead letters, and progress.</summary>
internal sealed class Messages(ScanConfiguration configuration)
{
    private static readonly byte[] Json = "application/json"u8.ToArray();

    private readonly byte[] _source = Encoding.UTF8.GetBytes($"/apis/deepfakeoperator.io/scanjobs/{configuration.Namespace}/{configuration.Name}");
    private readonly byte[] _scanJob = Encoding.UTF8.GetBytes($"{configuration.Namespace}/{configuration.Name}");
    private readonly byte[] _eventType = Encoding.UTF8.GetBytes(VerdictRecord.EventType);

    /// <summary>A verdict. The event's id is the record's place in the source, so a second run says the same.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="shrink">True: leave out what grows with the media's length.</param>
    internal Message<byte[], byte[]> Verdict(VerdictRecord verdict, bool shrink)
    {
        if (shrink) verdict = verdict with { Timeline = null, Detectors = [.. verdict.Detectors.Select(score => score with { Units = [] })] };
        var place = verdict.Source;
        return new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(verdict.Id),
            Value = JsonSerializer.SerializeToUtf8Bytes(verdict, ApiJson.Options),
            Headers = new Headers
            {
                { "ce_specversion", "1.0"u8.ToArray() },
                { "ce_type", _eventType },
                { "ce_source", _source },
                { "ce_id", Text($"{place.Topic}-{place.Partition}-{place.Offset}") },
                { "ce_subject", Encoding.UTF8.GetBytes(verdict.Id) },
                { "content-type", Json },
            },
        };
    }

    /// <summary>The original record with the reason it has no verdict; without a record, the reason alone.</summary>
    /// <param name="work">The shard that the item is of.</param>
    /// <param name="item">The item.</param>
    /// <param name="failure">Why.</param>
    internal Message<byte[], byte[]> DeadLetter(ShardWork work, FedItem item, ItemFailure failure)
    {
        var original = item.Record?.Message;
        var headers = new Headers();
        foreach (var header in original?.Headers ?? []) headers.Add(header.Key, header.GetValueBytes());
        headers.Add(DeadLetterHeaders.ErrorClass, Encoding.UTF8.GetBytes(failure.Class.ToString()));
        headers.Add(DeadLetterHeaders.Stage, Encoding.UTF8.GetBytes(failure.Stage));
        var dropped = item.MustShrink ? " (the original value is left out: the dead-letter topic refuses a record of its size)" : "";
        headers.Add(DeadLetterHeaders.Message, Encoding.UTF8.GetBytes(failure.Message + dropped));
        headers.Add(DeadLetterHeaders.Attempts, Text($"{failure.Attempts}"));
        headers.Add(DeadLetterHeaders.Topic, Encoding.UTF8.GetBytes(work.Shard.Topic));
        headers.Add(DeadLetterHeaders.Partition, Text($"{work.Shard.Partition}"));
        headers.Add(DeadLetterHeaders.Offset, Text($"{item.Offset}"));
        if (original is not null) headers.Add(DeadLetterHeaders.Timestamp, Text($"{original.Timestamp.UnixTimestampMs}"));
        headers.Add(DeadLetterHeaders.ScanJob, _scanJob);
        return new Message<byte[], byte[]> { Key = original?.Key!, Value = item.MustShrink ? null! : original?.Value!, Headers = headers };
    }

    /// <summary>A shard's checkpoint.</summary>
    internal static Message<byte[], byte[]> Progress(ProgressRecord progress) => new()
    {
        Key = Encoding.UTF8.GetBytes(ShardRecord.KeyOf(progress.Index)),
        Value = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Options),
    };

    private static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture));
}
