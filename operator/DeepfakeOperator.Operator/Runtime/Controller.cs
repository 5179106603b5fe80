using System.Diagnostics;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Reconciles the keys of one queue with several workers; no key is ever in two of them.</summary>
/// <param name="name">Label of its metrics.</param>
/// <param name="queue">Where keys come from and go back to.</param>
/// <param name="reconcile">Brings one object where its spec wants it; idempotent.</param>
/// <param name="workers">How many at a time.</param>
/// <param name="timeout">How long one may take.</param>
/// <param name="clock">For the timeout.</param>
/// <param name="log">Takes errors.</param>
internal sealed class Controller(
    string name,
    WorkQueue queue,
    Func<ObjectKey, CancellationToken, Task<ReconcileResult>> reconcile,
    int workers,
    TimeSpan timeout,
    TimeProvider clock,
    ILogger log)
{
    /// <summary>Works until cancelled; what is under way then is cancelled too and waited for.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(cancellation), CancellationToken.None)));
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            ObjectKey key;
            try
            {
                key = await queue.TakeAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                await ReconcileAsync(key, cancellation);
            }
            finally
            {
                queue.Done(key);
                OperatorMetrics.QueueDepth.WithLabels(name).Set(queue.Depth);
            }
        }
    }

    private async Task ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = await reconcile(key, either.Token);
            if (result.IsRetry)
            {
                queue.AddRateLimited(key);
            }
            else
            {
                queue.Forget(key);
                if (result.RequeueAfter is { } delay) queue.AddAfter(key, delay);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Shutting down: the next operator lists and reconciles everything.
        }
        catch (Exception error)
        {
            OperatorMetrics.ReconcileErrors.WithLabels(name).Inc();
            if (limit.IsCancellationRequested) log.LogError("{Controller} {Key}: not done within {Timeout}", name, key, timeout);
            else if (error is ApiException { IsConflict: true }) log.LogInformation("{Controller} {Key}: {Error}; again", name, key, error.Message);
            else log.LogError(error, "{Controller} {Key} failed", name, key);
            if (error is ApiException { RetryAfter: { } wait }) queue.AddAfter(key, wait);
            else queue.AddRateLimited(key);
        }
        finally
        {
            OperatorMetrics.Reconciles.WithLabels(name).Inc();
            OperatorMetrics.ReconcileSeconds.WithLabels(name).Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
