using System.Text;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>
/// The demo as a process group of its own, as a shell starts it, with its output in a file. All its temporary files lie in one folder, by whose name
/// every process that it started is known.
/// </summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const int Interruption = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-").FullName;
    private readonly ProcessGroup _group;

    private DemoProcess(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var command = ProcessGroup.Command(LogPath, [.. Repository.Program("DeepfakeOperator.Demo"), .. arguments]);
        command.Environment["TMPDIR"] = _folder;
        foreach (var (name, value) in environment) command.Environment[name] = value;
        _group = ProcessGroup.Start(command);
    }

    public string Output => File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";

    /// <summary>The folder of the servers, pods and lists of processes; empty when it has tidied up.</summary>
    public IEnumerable<string> ClusterFolders => Directory.EnumerateDirectories(_folder, "devcluster-*");

    private string LogPath => Path.Combine(_folder, "output");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static DemoProcess Start(params string[] arguments) => new(arguments, []);

    public static DemoProcess StartOn(string broker, params string[] arguments) => new(arguments, [new("KAFKA_BOOTSTRAP", broker)]);

    /// <summary>Its exit code.</summary>
    public async Task<int> ExitAsync() => await _group.Exited.WaitAsync(Patience, Cancelled);

    /// <summary>Waits for a text in its output.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Output.Contains(text, StringComparison.Ordinal), $"it never said: {text}");

    /// <summary>Ctrl-C in its terminal: SIGINT for every process of its group.</summary>
    public void Interrupt() => _group.Signal(Interruption);

    /// <summary>Command lines of the processes that live now and were started by it, or by those.</summary>
    public IReadOnlyList<string> Processes() =>
    [
        .. from process in Directory.EnumerateDirectories("/proc")
           where Path.GetFileName(process).All(char.IsAsciiDigit)
           where Read(Path.Combine(process, "environ")).Contains(_folder, StringComparison.Ordinal)
           select Read(Path.Combine(process, "cmdline")).Replace('\0', ' '),
    ];

    public async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!condition())
        {
            Assert.False(_group.Exited.IsCompleted && !condition(), $"{otherwise}; it ended with {Output}");
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{otherwise}; it said {Output}");
            }
        }
    }

    /// <summary>Waits until nothing of it is left; a shell removes the folder just after the end.</summary>
    public async Task UntilGoneAsync()
    {
        await WaitUntilGoneAsync();
        Assert.Empty(Processes());
        Assert.Empty(ClusterFolders);
    }

    public async ValueTask DisposeAsync()
    {
        await _group.StopAsync(TimeSpan.Zero);
        await WaitUntilGoneAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitUntilGoneAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; tries < 100 && (Processes().Count > 0 || ClusterFolders.Any()); tries++)
            await timer.WaitForNextTickAsync(CancellationToken.None);
    }

    /// <summary>Nothing where the process has ended meanwhile or is another user's.</summary>
    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
