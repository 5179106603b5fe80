using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>
/// The one folder of this process's servers and pods, and the list of the process groups that it started. A small shell waits for our end, however
/// it comes (kill -9
/// too): it reads a pipe that only we hold, and when that closes it kills the groups and removes the folder. The kernel's own PR_SET_PDEATHSIG
/// would reach
/// neither grandchildren nor files, and it fires when the starting <em>thread</em> ends.
/// </summary>
internal static class Workspace
{
    private const string Watch = """
        trap '' INT TERM HUP
        cat >/dev/null
        for group in "$1"/groups/*; do kill -s KILL -- "-${group##*/}" 2>/dev/null; done
        rm -rf "$1"
        """;

    private static readonly string Root = Directory.CreateTempSubdirectory("devcluster-").FullName;
    private static readonly string Groups = Directory.CreateDirectory(Path.Combine(Root, "groups")).FullName;

    // Kept alive for as long as we live: its end of the pipe is what the shell waits for.
    private static readonly Process Watcher = StartWatcher();
    private static int folders;

    /// <summary>A new folder; whoever asked removes it, or the end of this process does.</summary>
    public static string NewFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Interlocked.Increment(ref folders)}")).FullName;

    /// <summary>A process group to be killed if we die.</summary>
    public static void Remember(int group)
    {
        if (Watcher.HasExited) throw new DevClusterException("the shell that cleans up after us was killed; nothing more is started");
        File.Create(Path.Combine(Groups, $"{group}")).Dispose();
    }

    /// <summary>A group that is gone.</summary>
    public static void Forget(int group) => File.Delete(Path.Combine(Groups, $"{group}"));

    // A session of its own: neither Ctrl-C nor a closed terminal may reach it before its work is done.
    private static Process StartWatcher() =>
        Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Watch, "sh", Root]) { RedirectStandardInput = true })!;
}
