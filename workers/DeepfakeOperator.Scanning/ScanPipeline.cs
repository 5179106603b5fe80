using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Scanning;

/// <summary>From an item to its outcome: fetch, decode, preprocess, infer, verdict, as stages joined by bounded queues.</summary>
public sealed class ScanPipeline : IAsyncDisposable
{
    private ScanPipeline()
    {
    }

    /// <summary>The execution provider that was proved to run the models: TensorRT, CUDA or CPU.</summary>
    public string Provider { get; } = "none";

    /// <summary>Loads the models and starts the stages.</summary>
    /// <exception cref="PodFatalException">No provider of <c>spec.workers.accelerator.providers</c> works here, or a detector cannot be run.</exception>
    public static Task<ScanPipeline> StartAsync(ScanConfiguration configuration, ScanPipelineOptions options, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromException<ScanPipeline>(new PodFatalException("this build of the worker has no inference stage yet"));
    }

    /// <summary>
    /// Hands in an item; waits while the pipeline is full. <paramref name="done"/> is called exactly once, on any thread, unless the pipeline is
    /// disposed first. It must not block and must not throw.
    /// </summary>
    public ValueTask SubmitAsync(SourceItem item, Action<ItemOutcome> done, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(done);
        return ValueTask.FromException(new ObjectDisposedException(Provider));
    }

    /// <summary>Stops the stages; items in flight are dropped without an outcome.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
