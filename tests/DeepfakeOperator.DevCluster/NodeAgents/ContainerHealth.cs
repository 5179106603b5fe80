using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>What the probes of one run of a container say: whether it has started, whether it is ready, and when it must be killed.</summary>
internal sealed class ContainerHealth(V1Container container, Probe probe)
{
    /// <summary>The startup probe has succeeded, or there is none.</summary>
    public bool Started { get; private set; }

    /// <summary>The readiness probe succeeds, or there is none.</summary>
    public bool Ready { get; private set; }

    /// <summary>What the last failed try said; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Watches until cancelled; ends earlier only where the container must be killed.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (container.StartupProbe is { } startup)
        {
            var reached = false;
            await RepeatAsync(startup, succeeded => !(reached = succeeded), cancellationToken);
            if (!reached) return;
        }
        Started = true;
        Ready = container.ReadinessProbe is null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var readiness = container.ReadinessProbe is { } ready ? FollowAsync(ready, either.Token) : Task.Delay(Timeout.Infinite, either.Token);
        var liveness = container.LivenessProbe is { } alive ? RepeatAsync(alive, _ => true, either.Token)
            : Task.Delay(Timeout.Infinite, either.Token);
        try
        {
            await await Task.WhenAny(liveness, readiness);
        }
        finally
        {
            await either.CancelAsync();
            await Task.WhenAll(liveness, readiness)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // Ends after failureThreshold failures in a row, or when told that it is enough.
    private async Task RepeatAsync(V1Probe settings, Func<bool, bool> goesOn, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(settings.InitialDelaySeconds ?? 0), cancellationToken);
        for (var failures = 0; ; await Task.Delay(Period(settings), cancellationToken))
        {
            Trouble = await probe.TryAsync(settings, cancellationToken);
            failures = Trouble is null ? 0 : failures + 1;
            if (!goesOn(Trouble is null) || failures >= (settings.FailureThreshold ?? 3)) return;
        }
    }

    private async Task FollowAsync(V1Probe settings, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(settings.InitialDelaySeconds ?? 0), cancellationToken);
        for (var (failures, successes) = (0, 0); ; await Task.Delay(Period(settings), cancellationToken))
        {
            var trouble = await probe.TryAsync(settings, cancellationToken);
            (failures, successes) = trouble is null ? (0, successes + 1) : (failures + 1, 0);
            Ready = trouble is null ? Ready || successes >= (settings.SuccessThreshold ?? 1) : Ready && failures < (settings.FailureThreshold ?? 3);
            Trouble = trouble;
        }
    }

    private static TimeSpan Period(V1Probe settings) => TimeSpan.FromSeconds(settings.PeriodSeconds ?? 10);
}
