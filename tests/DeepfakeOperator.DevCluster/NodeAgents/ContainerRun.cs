using System.ComponentModel;
using System.Diagnostics;
using DeepfakeOperator.DevCluster.Processes;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>One container of one pod: its process, restarts and status.</summary>
/// <param name="container">Its spec.</param>
/// <param name="policy">Never, OnFailure or Always.</param>
/// <param name="grace">How long it may take to end when a probe wants it restarted.</param>
/// <param name="command">What to run.</param>
/// <param name="sandbox">Its files and ports.</param>
/// <param name="folder">Where its log goes.</param>
internal sealed class ContainerRun(V1Container container, string policy, TimeSpan grace, ContainerCommand command, PodSandbox sandbox,
    string folder) : IDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly string logPath = Path.Combine(folder, container.Name + ".log");
    private volatile ProcessGroup? process;
    private volatile ContainerHealth? health;
    private volatile V1ContainerState state = new() { Waiting = new V1ContainerStateWaiting { Reason = "PodInitializing" } };
    private V1ContainerState? last;
    private int restarts;

    /// <summary>Name in the pod.</summary>
    public string Name => container.Name;

    /// <summary>Process id while it runs.</summary>
    public int? ProcessId => process?.Id;

    /// <summary>Its exit code once it has ended for good.</summary>
    public int? ExitCode => state.Terminated?.ExitCode;

    /// <summary>What its probes complain about.</summary>
    public string? Trouble => health?.Trouble;

    /// <summary>Takes over from an agent that is gone, and whose processes went with it.</summary>
    public void Continue(V1ContainerStatus before)
    {
        (restarts, last) = (before.RestartCount, before.LastState);
        if (before.State.Terminated is not null) state = before.State;
        else if (before.State.Running is { } running) state = Terminated(137, "ContainerStatusUnknown",
            "the node agent went away and took it along", running.StartedAt);
    }

    /// <summary>Runs it until it has ended for good: by itself where the restart policy says so, else when stopped.</summary>
    public async Task RunAsync()
    {
        var backoff = FirstBackoff;
        if (state.Terminated is not null && !await BackOffAsync(backoff)) return;
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            await RunOnceAsync();
            // Ten minutes without a crash are forgiven, as the kubelet does.
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10)) backoff = FirstBackoff;
            if (!await BackOffAsync(backoff)) return;
            backoff = Longer(backoff);
        }
    }

    /// <summary>SIGTERM to its whole process group, SIGKILL after the grace period; it is not started again.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        await stopping.CancelAsync();
        if (process is { } running) await running.StopAsync(patience);
    }

    /// <summary>What the pod's status says of it.</summary>
    public V1ContainerStatus Status()
    {
        var (now, its) = (state, health);
        var isRunning = now.Running is not null;
        return new()
        {
            Name = Name,
            Image = container.Image,
            ImageID = "",
            ContainerID = ProcessId is { } id ? $"process://{id}" : null,
            State = now,
            LastState = last,
            RestartCount = restarts,
            Ready = isRunning && its?.Ready == true,
            Started = isRunning && its?.Started == true,
        };
    }

    /// <summary>Nothing runs any more.</summary>
    public void Dispose() => stopping.Dispose();

    // False where it has ended for good.
    private async Task<bool> BackOffAsync(TimeSpan backoff)
    {
        if (stopping.IsCancellationRequested || policy == "Never" || (policy == "OnFailure" && ExitCode == 0)) return false;
        var ended = state;
        last = ended;
        Wait("CrashLoopBackOff", $"back-off {backoff.TotalSeconds:0}s restarting {Name}");
        if (!await PauseAsync(backoff))
        {
            state = ended;
            return false;
        }
        restarts++;
        return true;
    }

    private async Task RunOnceAsync()
    {
        for (var backoff = FirstBackoff; ; backoff = Longer(backoff))
        {
            try
            {
                await RunProcessAsync(await command.BuildAsync(logPath, stopping.Token));
                return;
            }
            catch (PodConfigException error)
            {
                Wait(error.Reason, error.Message);
            }
            catch (Win32Exception error)
            {
                Wait("RunContainerError", error.Message);
            }
            catch (OperationCanceledException)
            {
                // Stopped; the pause below tells.
            }
            catch (Exception error) when (error is HttpRequestException or k8s.Autorest.HttpOperationException)
            {
                Wait("CreateContainerConfigError", "the API server did not answer: " + error.Message);
            }
            if (await PauseAsync(backoff)) continue;
            state = Terminated(137, "ContainerStatusUnknown", "stopped before it started", null);
            return;
        }
    }

    private async Task RunProcessAsync(ProcessStartInfo start)
    {
        stopping.Token.ThrowIfCancellationRequested();
        File.Delete(sandbox.TerminationMessage(container));
        var logStart = File.Exists(logPath) ? new FileInfo(logPath).Length : 0;
        var running = ProcessGroup.Start(start);
        var startedAt = Now();
        health = new ContainerHealth(container, new Probe(container, sandbox, start, Path.Combine(folder, Name + ".probes.log")));
        process = running;
        state = new V1ContainerState { Running = new() { StartedAt = startedAt } };
        // Whoever stops it may have looked just before there was a process.
        if (stopping.IsCancellationRequested) running.Signal(Signals.Kill);
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token))
        {
            var watching = health.WatchAsync(ended.Token);
            if (await Task.WhenAny(watching, running.Exited) == watching && !ended.IsCancellationRequested) await running.StopAsync(grace);
            await running.Exited;
            await ended.CancelAsync();
            await watching.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        var exitCode = await running.Exited;
        (process, health) = (null, null);
        state = Terminated(exitCode, exitCode == 0 ? "Completed" : "Error", LastWords(exitCode, logStart), startedAt);
    }

    private string? LastWords(int exitCode, long logStart)
    {
        var path = sandbox.TerminationMessage(container);
        var message = File.Exists(path) ? File.ReadAllText(path) : "";
        if (message.Length == 0 && exitCode != 0 && container.TerminationMessagePolicy == "FallbackToLogsOnError")
        {
            using var log = File.OpenRead(logPath);
            log.Position = Math.Max(logStart, log.Length - 2048);
            using var reader = new StreamReader(log);
            message = string.Join('\n', reader.ReadToEnd().TrimEnd('\n').Split('\n').TakeLast(80));
        }
        return message.Length == 0 ? null : message[..Math.Min(message.Length, 4096)];
    }

    private void Wait(string reason, string message) => state = new V1ContainerState { Waiting = new() { Reason = reason, Message = message } };

    private static V1ContainerState Terminated(int exitCode, string reason, string? message, DateTime? startedAt) => new()
    {
        Terminated = new() { ExitCode = exitCode, Reason = reason, Message = message, StartedAt = startedAt ?? Now(), FinishedAt = Now() },
    };

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

    private static TimeSpan Longer(TimeSpan backoff) => backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;
}
