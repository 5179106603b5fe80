using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>A program and all that it starts: signalled together, killed together, and killed with us.</summary>
public sealed class ProcessGroup
{
    // sh opens the log, so that no thread of ours has to pump it and a full pipe cannot stall the program; then it becomes the program.
    private const string Launch = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null";

    private ProcessGroup(Process process)
    {
        Id = process.Id;
        Workspace.Remember(Id);
        Exited = WaitAsync(process, Id);
    }

    /// <summary>Id of the program's process, and of its group.</summary>
    public int Id { get; }

    /// <summary>
    /// Its exit code, 128 and the signal's number where one killed it. What it left behind is dead by then, as when a container ends.
    /// </summary>
    public Task<int> Exited { get; }

    /// <summary>
    /// How to start a program in a session of its own, so that a Ctrl-C in our terminal reaches us alone and one signal of ours its whole tree.
    /// </summary>
    public static ProcessStartInfo Command(string logPath, IEnumerable<string> words) => new("setsid", ["sh", "-c", Launch, "sh", logPath, .. words]);

    /// <summary>Starts it.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The working directory is missing, or there is no setsid.</exception>
    public static ProcessGroup Start(ProcessStartInfo command) => new(Process.Start(command)!);

    /// <summary>Sends a signal to all of it; nothing where it is gone.</summary>
    public void Signal(int signal)
    {
        if (Exited.IsCompleted) return;
        // Right after the start the group is not there yet, only the process.
        if (!Signals.Send(-Id, signal)) _ = Signals.Send(Id, signal);
    }

    /// <summary>SIGTERM, and SIGKILL after the grace period.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero)
        {
            Signal(Signals.Terminate);
            if (await Task.WhenAny(Exited, Task.Delay(grace, CancellationToken.None)) == Exited) return;
        }
        Signal(Signals.Kill);
        await Exited;
    }

    private static async Task<int> WaitAsync(Process process, int id)
    {
        using (process)
        {
            await process.WaitForExitAsync(CancellationToken.None);
            _ = Signals.Send(-id, Signals.Kill);
            Workspace.Forget(id);
            return process.ExitCode;
        }
    }
}
