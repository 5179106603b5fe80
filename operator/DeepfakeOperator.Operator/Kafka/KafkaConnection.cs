using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>
/// The operator's one client of a Kafka cluster, shared by all jobs that reach it in the same way: admin calls and the progress reader ride on the same consumer
/// handle. A consumer, because a producer's metadata requests would create the topics that they ask for.
/// </summary>
internal sealed class KafkaConnection : IAsyncDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(8);

    /// <summary>How long the answer of a failed probe is good for everybody.</summary>
    private static readonly TimeSpan FailureMemory = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<string, byte[]> _consumer;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Task _loop;
    private Error? _lastError;
    private TaskCompletionSource<Error> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _probe;
    private BlockedException? _failure;
    private DateTimeOffset _failedAt;
    private bool _healthy;

    /// <exception cref="BlockedException">A setting is wrong.</exception>
    public KafkaConnection(KafkaClientSettings settings, TimeProvider clock, ILogger log)
    {
        Settings = settings;
        _clock = clock;
        _log = log;
        var own = new ConsumerConfig
        {
            ClientId = "deepfake-operator",
            // Needed by the API; nothing is ever committed and no group is ever joined.
            GroupId = "deepfake-operator",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            ReconnectBackoffMaxMs = 2000,
            // Progress records are small, and there may be very many partitions.
            QueuedMinMessages = 1000,
            QueuedMaxMessagesKbytes = 4096,
            FetchMaxBytes = 4 << 20,
        };
        _consumer = Build(settings, () => new ConsumerBuilder<string, byte[]>(settings.With(own))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => _log.LogDebug("librdkafka {Facility}: {Message}", message.Facility, message.Message))
            .Build());
        Admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        Reader = new ProgressReader(_consumer, log);
        _loop = Task.Factory.StartNew(() => Reader.Run(_stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public KafkaClientSettings Settings { get; }

    public IAdminClient Admin { get; }

    public ProgressReader Reader { get; }

    /// <summary>True: the cluster answers. False: not known yet, ask again in a moment. Never waits for more than a second, so that a dead cluster holds up nobody else.</summary>
    /// <exception cref="BlockedException">It does not answer.</exception>
    public async Task<bool> CheckAsync(CancellationToken cancellation)
    {
        Task probe;
        lock (_gate)
        {
            if (_healthy) return true;
            if (_failure is { } failure && _clock.GetUtcNow() - _failedAt < FailureMemory) throw new BlockedException(failure.Reason, failure.Message);
            probe = _probe ??= ProbeAsync();
        }
        var finished = await Task.WhenAny(probe, Task.Delay(TimeSpan.FromSeconds(1), _clock, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (finished != probe) return false;
        await probe;
        return true;
    }

    /// <summary>Runs a call and says in the user's words what went wrong with it.</summary>
    /// <exception cref="BlockedException">It failed.</exception>
    public async Task<T> CallAsync<T>(string doing, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (KafkaException error)
        {
            throw Explain(error.Error, doing);
        }
    }

    /// <inheritdoc cref="CallAsync{T}(string, Func{Task{T}})"/>
    public Task CallAsync(string doing, Func<Task> call) => CallAsync(doing, async () =>
    {
        await call();
        return true;
    });

    /// <summary>The error in the user's words; one that smells of a lost cluster makes the next <see cref="CheckAsync"/> look for itself.</summary>
    public BlockedException Explain(Error error, string doing)
    {
        Error? last;
        lock (_gate) last = _lastError;
        // A call on a cluster that refuses us just times out; why, only the error handler was told.
        var cause = error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown ? last ?? error : error;
        var blocked = KafkaErrors.Explain(cause, doing, Settings.Bootstrap);
        if (KafkaErrors.IsUnreachable(blocked))
        {
            lock (_gate) _healthy = false;
        }
        return blocked;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        Admin.Dispose();
        // Leaves no group, as it never joined one; but the brokers' threads take a moment to end.
        await Task.Factory.StartNew(_consumer.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _stop.Dispose();
    }

    /// <summary>Makes a client; librdkafka throws for a setting that it does not know or cannot read.</summary>
    /// <exception cref="BlockedException">A setting is wrong.</exception>
    public static T Build<T>(KafkaClientSettings settings, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new BlockedException(
                Reasons.KafkaConfigurationInvalid,
                $"a Kafka setting is refused: {settings.Redact(error.Message)}. Check spec.source.kafka.properties and the secret of authSecretRef");
        }
    }

    private async Task ProbeAsync()
    {
        await Task.Yield();
        BlockedException? failure = null;
        try
        {
            Task<Error> refused;
            lock (_gate) refused = _refused.Task;
            var answer = Admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = ProbeTimeout });
            if (await Task.WhenAny(answer, refused) == refused)
            {
                _ = answer.ContinueWith(late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw Explain(await refused, "connecting");
            }
            await answer;
        }
        catch (KafkaException error)
        {
            failure = Explain(error.Error, "connecting");
        }
        catch (BlockedException error)
        {
            failure = error;
        }
        lock (_gate)
        {
            _probe = null;
            _failure = failure;
            _failedAt = _clock.GetUtcNow();
            _healthy = failure is null;
            if (_refused.Task.IsCompleted) _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_healthy) _lastError = null;
        }
        if (failure is not null) throw failure;
    }

    private void OnError(Error error)
    {
        _log.LogWarning("Kafka at {Bootstrap}: {Error} ({Code})", Settings.Bootstrap, error.Reason, error.Code);
        lock (_gate)
        {
            // "All brokers are down" follows the error that says why.
            if (error.Code != ErrorCode.Local_AllBrokersDown || _lastError is null) _lastError = error;
            if (error.Code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Authentication) _healthy = false;
            if (error.Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed) _refused.TrySetResult(error);
        }
    }
}
