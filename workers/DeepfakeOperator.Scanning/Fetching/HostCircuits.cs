using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// Leaves a host alone for a while that answers with nothing but faults: it may recover, and the worker's fetches go to hosts that answer. An item of it
/// waits, as for any fault that may pass.
/// </summary>
internal sealed class HostCircuits(TimeProvider time)
{
    /// <summary>Hosts beyond are asked as if each was healthy; a job whose items name so many has no single bad one.</summary>
    private const int MostHosts = 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ResiliencePipeline> _circuits = new();

    /// <summary>Sends, unless the host is left alone just now.</summary>
    /// <exception cref="TransientFetchException">It is, or a fault that may pass.</exception>
    internal async Task<HttpResponseMessage> SendAsync(Uri uri, Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken ct)
    {
        if (!_circuits.TryGetValue(uri.Authority, out var circuit))
            circuit = _circuits.Count < MostHosts ? _circuits.GetOrAdd(uri.Authority, _ => Build()) : ResiliencePipeline.Empty;
        try
        {
            return await circuit.ExecuteAsync(send, ct);
        }
        catch (BrokenCircuitException error)
        {
            throw new TransientFetchException("the host gave too many faults just now and is left alone for a while", error.RetryAfter ?? Pause, error);
        }
    }

    private ResiliencePipeline Build() => new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions
    {
        ShouldHandle = new PredicateBuilder().Handle<TransientFetchException>(),
        FailureRatio = 0.8,
        MinimumThroughput = 20,
        SamplingDuration = TimeSpan.FromSeconds(10),
        BreakDuration = Pause,
    }).Build();
}
