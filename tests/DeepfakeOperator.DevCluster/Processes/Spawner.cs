using System.Collections.Concurrent;
using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as we do. PR_SET_PDEATHSIG fires when the <em>thread</em> that forked ends, not the process (prctl(2)), and
/// threads of the pool come and go: a child started from one would be killed in the middle of its work.
/// </summary>
public static class Spawner
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Wanted = new(64);

    static Spawner() => new Thread(Loop) { IsBackground = true, Name = "spawner" }.Start();

    /// <summary>Starts a process that the kernel kills when we die.</summary>
    public static async Task<Process> StartAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        var wrapped = new ProcessStartInfo("setpriv") { WorkingDirectory = start.WorkingDirectory, RedirectStandardInput = start.RedirectStandardInput };
        foreach (var argument in (string[])["--pdeathsig", "KILL", start.FileName, .. start.ArgumentList]) wrapped.ArgumentList.Add(argument);
        wrapped.Environment.Clear();
        foreach (var (key, value) in start.Environment) wrapped.Environment[key] = value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Wanted.Add((wrapped, started), cancellationToken);
        return await started.Task;
    }

    private static void Loop()
    {
        foreach (var (start, started) in Wanted.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                started.SetException(error);
            }
        }
    }
}
