using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>Topics and groups of a cluster: looking, making, removing. Everything may be repeated.</summary>
internal static class KafkaTopics
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Number of partitions; null: there is no such topic. Never creates it.</summary>
    public static Task<int?> PartitionsOfAsync(this KafkaConnection connection, string topic) => connection.CallAsync($"looking for topic '{topic}'", async () =>
    {
        try
        {
            var answer = await connection.Admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = Timeout });
            return (int?)answer.TopicDescriptions[0].Partitions.Count;
        }
        catch (DescribeTopicsException error)
        {
            var code = error.Results.TopicDescriptions[0].Error;
            return code.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic ? (int?)null : throw new KafkaException(code);
        }
    });

    /// <summary>Makes a topic where it is missing; gives its number of partitions.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">How many; -1: as the broker has it by default.</param>
    /// <param name="settings">Topic settings.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<int> EnsureAsync(
        this KafkaConnection connection, string topic, int partitions, Dictionary<string, string>? settings, CancellationToken cancellation)
    {
        if (await connection.PartitionsOfAsync(topic) is { } there) return there;
        var specification = new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = -1, Configs = settings };
        try
        {
            await connection.Admin.CreateTopicsAsync([specification], new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout });
        }
        catch (CreateTopicsException error) when (error.Results[0].Error.Code == ErrorCode.TopicAlreadyExists)
        {
            // Made by an operator that was killed before it could say so, or by somebody else a moment ago.
        }
        catch (CreateTopicsException error) when (!KafkaErrors.IsUnsupported(error.Results[0].Error.Code))
        {
            throw connection.Explain(error.Results[0].Error, $"creating topic '{topic}'");
        }
        catch (KafkaException error)
        {
            if (!KafkaErrors.IsUnsupported(error.Error.Code) && error is not CreateTopicsException) throw connection.Explain(error.Error, $"creating topic '{topic}'");
            await AskForAsync(connection, topic, cancellation);
        }
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            if (await connection.PartitionsOfAsync(topic) is { } made) return made;
            await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancellation);
        }
        throw new BlockedException(Reasons.KafkaFailed, $"topic '{topic}' was created but does not appear. Create it by hand, or look at the brokers' logs");
    }

    /// <summary>Gives a topic as many partitions, where it has fewer, and waits until they are there. False: this broker cannot.</summary>
    public static async Task<bool> GrowAsync(
        this KafkaConnection connection, string topic, int partitions, ILogger log, CancellationToken cancellation)
    {
        try
        {
            var options = new CreatePartitionsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout };
            await connection.Admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }], options);
        }
        catch (CreatePartitionsException error) when (error.Results[0].Error.Code == ErrorCode.InvalidPartitions)
        {
            // Grown by an operator that was killed before it could say so: it has that many already.
        }
        catch (KafkaException error)
        {
            var cause = error is CreatePartitionsException { Results: [var result, ..] } ? result.Error : error.Error;
            if (!KafkaErrors.IsUnsupported(cause.Code)) throw connection.Explain(cause, $"adding partitions to topic '{topic}'");
            log.LogWarning("topic {Topic} stays as it is: {Error}", topic, cause.Reason);
            return false;
        }
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            if (await connection.PartitionsOfAsync(topic) >= partitions) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancellation);
        }
        throw new BlockedException(
            Reasons.KafkaFailed, $"topic '{topic}' was given {partitions} partitions but does not show them. Look at the brokers' logs");
    }

    /// <summary>Offsets of partitions as readers of committed records see them: an end is the last stable offset.</summary>
    public static Task<IReadOnlyDictionary<TopicPartition, long>> OffsetsAsync(
        this KafkaConnection connection, IEnumerable<TopicPartition> partitions, OffsetSpec which) => connection.CallAsync("reading offsets", async () =>
    {
        var asked = partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = which }).ToList();
        var options = new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadCommitted, RequestTimeout = Timeout };
        try
        {
            var answer = await connection.Admin.ListOffsetsAsync(asked, options);
            return (IReadOnlyDictionary<TopicPartition, long>)answer.ResultInfos.ToDictionary(
                info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
        }
        catch (ListOffsetsException error)
        {
            throw new KafkaException(error.Result.ResultInfos.First(result => result.TopicPartitionOffsetError.Error.IsError).TopicPartitionOffsetError.Error);
        }
    });

    /// <summary>Removes topics; those that are gone already are none of our worry.</summary>
    public static Task DeleteAsync(this KafkaConnection connection, IReadOnlyList<string> topics, ILogger log) =>
        connection.CallAsync($"deleting topics {string.Join(", ", topics)}", async () =>
        {
            try
            {
                await connection.Admin.DeleteTopicsAsync(topics, new DeleteTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout });
            }
            catch (DeleteTopicsException error)
            {
                foreach (var result in error.Results) Swallow(result.Error, $"topic {result.Topic}", log, ErrorCode.UnknownTopicOrPart);
            }
            catch (KafkaException error) when (KafkaErrors.IsUnsupported(error.Error.Code))
            {
                log.LogWarning("topics {Topics} stay: {Error}", topics, error.Error.Reason);
            }
        });

    /// <summary>Removes a consumer group.</summary>
    public static Task DeleteGroupAsync(this KafkaConnection connection, string group, ILogger log) =>
        connection.CallAsync($"deleting consumer group '{group}'", async () =>
        {
            try
            {
                await connection.Admin.DeleteGroupsAsync([group], new DeleteGroupsOptions { RequestTimeout = Timeout });
            }
            catch (DeleteGroupsException error)
            {
                foreach (var result in error.Results) Swallow(result.Error, $"group {result.Group}", log, ErrorCode.GroupIdNotFound);
            }
            catch (KafkaException error) when (KafkaErrors.IsUnsupported(error.Error.Code))
            {
                log.LogWarning("consumer group {Group} stays: {Error}", group, error.Error.Reason);
            }
        });

    private static void Swallow(Error error, string what, ILogger log, ErrorCode gone)
    {
        if (!error.IsError || error.Code == gone) return;
        if (!KafkaErrors.IsUnsupported(error.Code)) throw new KafkaException(error);
        log.LogWarning("{What} stays: {Error}", what, error.Reason);
    }

    /// <summary>For brokers without CreateTopics: a producer's interest in a topic makes it, if the brokers are so configured, with as many partitions as they like.</summary>
    private static async Task AskForAsync(KafkaConnection connection, string topic, CancellationToken cancellation)
    {
        var settings = connection.Settings.With(new ProducerConfig { AllowAutoCreateTopics = true });
        using var producer = KafkaConnection.Build(connection.Settings, () => new ProducerBuilder<Null, byte[]>(settings)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build());
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        using var calls = new BlockingCalls(1);
        await connection.CallAsync($"asking for topic '{topic}'", () => calls.RunAsync(() => admin.GetMetadata(topic, Timeout), cancellation));
    }
}
