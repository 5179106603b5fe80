using DeepfakeOperator.Api.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeepfakeOperator.Scanning;

/// <summary>What a <see cref="ShardWorker"/> needs from its host besides the configuration.</summary>
public sealed record ShardWorkerOptions
{
    /// <summary>The worker's slot: who it is to Kafka, so that the slot's next pod ends what this one left open.</summary>
    public required int Slot { get; init; }

    /// <summary>How to reach the job's cluster.</summary>
    public required KafkaClientSettings Kafka { get; init; }

    /// <summary>Longest time between two transactions while there is something to publish.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Outcomes after which a transaction is made at once. A transaction of 500 records takes about 26 ms, one of a single record hardly less.</summary>
    public int CommitItems { get; init; } = 500;

    /// <summary>Items that may be read and not yet published: a slow video holds up the publication of what follows it, not the work on it.</summary>
    public int MaxInFlight { get; init; } = 2000;

    /// <summary>Bytes of records, inline media most of all, that may be held for items without a verdict.</summary>
    public long MaxInFlightBytes { get; init; } = 256L << 20;

    /// <summary>After this silence the group gives a worker's partitions to others; brokers allow 6 seconds and more.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The worker counts as stuck when items are in flight and not one has been completed for this long.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
