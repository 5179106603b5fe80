using System.Diagnostics;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Processes;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>One container of one pod: its process, restarts, probes and status.</summary>
internal sealed class ContainerRun(
    V1Pod pod, V1Container container, ControlPlane controlPlane, IReadOnlyDictionary<string, IReadOnlyList<string>> images, PodSandbox sandbox, string folder)
    : IDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);
    private readonly ContainerCommand command = new(pod, container, images, sandbox, controlPlane.Client);
    private readonly CancellationTokenSource stopping = new();
    private volatile Process? process;
    private V1ContainerState state = new() { Waiting = new V1ContainerStateWaiting { Reason = "ContainerCreating" } };
    private V1ContainerState? last;
    private int restarts;
    private bool ready;
    private bool started;

    /// <summary>Name in the pod.</summary>
    public string Name => container.Name;

    /// <summary>Process id while it runs.</summary>
    public int? ProcessId => process?.Id;

    /// <summary>Its exit code once it has ended for good.</summary>
    public int? ExitCode => state.Terminated?.ExitCode;

    /// <summary>Runs it until it has ended for good: by itself where the pod's restart policy says so, else when stopped.</summary>
    public async Task RunAsync(string restartPolicy)
    {
        var backoff = FirstBackoff;
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            var exitCode = await RunOnceAsync();
            if (stopping.IsCancellationRequested || restartPolicy == "Never" || (restartPolicy == "OnFailure" && exitCode == 0)) return;
            // Ten minutes without a crash are forgiven, as the kubelet does.
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10)) backoff = FirstBackoff;
            last = state;
            state = new V1ContainerState { Waiting = new() { Reason = "CrashLoopBackOff", Message = $"back-off {backoff.TotalSeconds:0}s restarting {Name}" } };
            if (!await PauseAsync(backoff))
            {
                state = last;
                return;
            }
            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            restarts++;
        }
    }

    /// <summary>SIGTERM to its whole process group, SIGKILL after the grace period.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await stopping.CancelAsync();
        if (process is not { } running) return;
        _ = Signals.Send(-running.Id, Signals.Terminate);
        using var patience = new CancellationTokenSource(grace);
        try
        {
            await running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // It had its time.
        }
        // Also what it left behind in its group, and itself if it would not go.
        _ = Signals.Send(-running.Id, Signals.Kill);
    }

    /// <summary>What the pod's status says of it.</summary>
    public V1ContainerStatus Status() => new()
    {
        Name = Name,
        Image = container.Image,
        ImageID = "",
        ContainerID = ProcessId is { } id ? $"process://{id}" : null,
        State = state,
        LastState = last,
        RestartCount = restarts,
        Ready = ready && state.Running is not null,
        Started = started && state.Running is not null,
    };

    /// <summary>Nothing runs any more.</summary>
    public void Dispose() => stopping.Dispose();

    private async Task<int> RunOnceAsync()
    {
        for (var backoff = FirstBackoff; ; backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff)
        {
            try
            {
                var start = await command.BuildAsync(Path.Combine(folder, Name + ".log"), stopping.Token);
                return await RunProcessAsync(start);
            }
            catch (PodConfigException error)
            {
                state = new V1ContainerState { Waiting = new() { Reason = "CreateContainerConfigError", Message = error.Message } };
            }
            catch (OperationCanceledException)
            {
                return Ended(137, null, "stopped before it started");
            }
            if (!await PauseAsync(backoff)) return Ended(137, null, "stopped before it started");
        }
    }

    private async Task<int> RunProcessAsync(ProcessStartInfo start)
    {
        File.Delete(sandbox.TerminationMessage(container));
        var running = await Spawner.StartAsync(start, stopping.Token);
        var startedAt = Now();
        process = running;
        state = new V1ContainerState { Running = new() { StartedAt = startedAt } };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var probing = ProbeAsync(start, running, ended.Token);
        await running.WaitForExitAsync(CancellationToken.None);
        await ended.CancelAsync();
        await probing;
        process = null;
        (ready, started) = (false, false);
        var exitCode = running.ExitCode;
        running.Dispose();
        return Ended(exitCode, startedAt, LastWords(exitCode));
    }

    private int Ended(int exitCode, DateTime? startedAt, string? message)
    {
        state = new V1ContainerState
        {
            Terminated = new()
            {
                ExitCode = exitCode,
                // The shell's and .NET's way to say "killed by a signal".
                Signal = exitCode > 128 ? exitCode - 128 : null,
                Reason = exitCode == 0 ? "Completed" : "Error",
                Message = message,
                StartedAt = startedAt ?? Now(),
                FinishedAt = Now(),
            },
        };
        return exitCode;
    }

    private async Task ProbeAsync(ProcessStartInfo start, Process running, CancellationToken cancellationToken)
    {
        try
        {
            started = container.StartupProbe is null || await ReachAsync(container.StartupProbe, start, cancellationToken);
            if (!started)
            {
                await RestartAsync(running);
                return;
            }
            ready = container.ReadinessProbe is null;
            await Task.WhenAll(WatchReadinessAsync(start, cancellationToken), WatchLivenessAsync(start, running, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The process ended.
        }
    }

    // True on the first success, false after failureThreshold failures.
    private async Task<bool> ReachAsync(V1Probe probe, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), cancellationToken);
        for (var failures = 0; failures < (probe.FailureThreshold ?? 3);)
        {
            if (await Probe.SucceedsAsync(probe, container, sandbox, start, cancellationToken)) return true;
            failures++;
            await Task.Delay(TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10), cancellationToken);
        }
        return false;
    }

    private async Task WatchReadinessAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        if (container.ReadinessProbe is not { } probe) return;
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), cancellationToken);
        for (var failures = 0; ; )
        {
            var succeeded = await Probe.SucceedsAsync(probe, container, sandbox, start, cancellationToken);
            failures = succeeded ? 0 : failures + 1;
            ready = succeeded || (ready && failures < (probe.FailureThreshold ?? 3));
            await Task.Delay(TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10), cancellationToken);
        }
    }

    private async Task WatchLivenessAsync(ProcessStartInfo start, Process running, CancellationToken cancellationToken)
    {
        if (container.LivenessProbe is not { } probe) return;
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), cancellationToken);
        for (var failures = 0; failures < (probe.FailureThreshold ?? 3);)
        {
            await Task.Delay(TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10), cancellationToken);
            failures = await Probe.SucceedsAsync(probe, container, sandbox, start, cancellationToken) ? 0 : failures + 1;
        }
        await RestartAsync(running);
    }

    private async Task RestartAsync(Process running)
    {
        _ = Signals.Send(-running.Id, Signals.Terminate);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30));
        try
        {
            await running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _ = Signals.Send(-running.Id, Signals.Kill);
        }
    }

    private string? LastWords(int exitCode)
    {
        var path = sandbox.TerminationMessage(container);
        var message = File.Exists(path) ? File.ReadAllText(path) : "";
        if (message.Length == 0 && exitCode != 0 && container.TerminationMessagePolicy == "FallbackToLogsOnError")
        {
            message = string.Join('\n', File.ReadLines(Path.Combine(folder, Name + ".log")).TakeLast(80));
            message = message[Math.Max(0, message.Length - 2048)..];
        }
        return message.Length == 0 ? null : message[..Math.Min(message.Length, 4096)];
    }

    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;
}
