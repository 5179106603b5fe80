using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>A server that we started: its output goes to a file, it dies with us, and it is ended politely before it is ended at all.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly ProcessGroup group;
    private readonly string name;

    private ServerProcess(string name, ProcessGroup group, string logPath) => (this.name, this.group, LogPath) = (name, group, logPath);

    /// <summary>Where its standard output and error go.</summary>
    public string LogPath { get; }

    /// <summary>Id of its process, and of its group.</summary>
    public int Id => group.Id;

    /// <summary>True once it is gone.</summary>
    public bool HasExited => group.Exited.IsCompleted;

    /// <summary>Starts a program.</summary>
    public static ServerProcess Start(
        string name, string logPath, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var command = ProcessGroup.Command(logPath, [program, .. arguments]);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) command.Environment[key] = value;
        return new ServerProcess(name, ProcessGroup.Start(command), logPath);
    }

    /// <summary>Waits until <paramref name="ready"/> says so.</summary>
    /// <exception cref="DevClusterException">The program ended first, or took too long; the message holds the end of its log.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> ready, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        while (!await ready(cancellationToken))
        {
            if (group.Exited.IsCompleted) throw new DevClusterException($"{name} ended with exit code {await group.Exited}:\n{LogTail()}");
            if (started.Elapsed > patience) throw new DevClusterException($"{name} was not ready after {patience.TotalSeconds:0} s:\n{LogTail()}");
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Waits until it ends with exit code 0.</summary>
    /// <exception cref="DevClusterException">It ended with another one; the message holds the end of its log.</exception>
    public async Task WaitForSuccessAsync(CancellationToken cancellationToken)
    {
        if (await group.Exited.WaitAsync(cancellationToken) is not 0 and var exitCode)
            throw new DevClusterException($"{name} ended with exit code {exitCode}:\n{LogTail()}");
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public Task KillAsync() => group.StopAsync(TimeSpan.Zero);

    /// <summary>SIGTERM, then SIGKILL.</summary>
    public async ValueTask DisposeAsync() => await group.StopAsync(Grace);

    /// <summary>The last lines of its log.</summary>
    public string LogTail() => File.Exists(LogPath) ? string.Join('\n', File.ReadLines(LogPath).TakeLast(25)) : "(no log)";
}
