using System.Diagnostics;
using System.Globalization;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>A server that we started: its output goes to a file, it dies with us, and it is ended politely before it is ended at all.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Process process;
    private readonly string name;

    private ServerProcess(string name, Process process, string logPath) => (this.name, this.process, LogPath) = (name, process, logPath);

    /// <summary>Where its standard output and error go.</summary>
    public string LogPath { get; }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>True once it is gone.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts a program; the kernel kills it when we die.</summary>
    public static async Task<ServerProcess> StartAsync(string name, string logPath, string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        // sh opens the log, so that no thread of ours has to pump it and a full pipe cannot stall the server.
        var start = new ProcessStartInfo("sh");
        foreach (var argument in (string[])["-c", "exec \"$0\" \"$@\" >>\"$DEVCLUSTER_LOG\" 2>&1 </dev/null", program, .. arguments]) start.ArgumentList.Add(argument);
        start.Environment["DEVCLUSTER_LOG"] = logPath;
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        return new ServerProcess(name, await Spawner.StartAsync(start, cancellationToken), logPath);
    }

    /// <summary>Waits until <paramref name="ready"/> says so.</summary>
    /// <exception cref="DevClusterException">The program ended first, or took too long; the message holds the end of its log.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> ready, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        while (!await ready(cancellationToken))
        {
            if (HasExited) throw new DevClusterException($"{name} ended with exit code {process.ExitCode}:\n{LogTail()}");
            if (started.Elapsed > patience) throw new DevClusterException($"{name} was not ready after {patience.TotalSeconds:0} s:\n{LogTail()}");
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Waits until it ends with exit code 0.</summary>
    /// <exception cref="DevClusterException">It ended with another one; the message holds the end of its log.</exception>
    public async Task WaitForSuccessAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new DevClusterException($"{name} ended with exit code {process.ExitCode}:\n{LogTail()}");
    }

    /// <summary>The last lines of its log.</summary>
    public string LogTail(int lines = 25) => File.Exists(LogPath) ? string.Join('\n', File.ReadLines(LogPath).TakeLast(lines)) : "(no log)";

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, then SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            _ = Signals.Send(process.Id, Signals.Terminate);
            using var grace = new CancellationTokenSource(Grace);
            try
            {
                await process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }
        process.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name} (pid {process.Id})");
}
