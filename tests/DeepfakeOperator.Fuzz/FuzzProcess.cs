using System.Diagnostics;
using System.Globalization;

namespace DeepfakeOperator.Fuzz;

/// <summary>One life of a <see cref="FuzzWorker"/>, seen from outside.</summary>
internal sealed class FuzzProcess : IDisposable
{
    /// <summary>Files on their way at once: enough to keep the stages busy, few enough to find the one that kills.</summary>
    private const int MostInFlight = 16;

    private readonly SemaphoreSlim _room = new(MostInFlight);
    private readonly Dictionary<int, long> _inFlight = [];
    private readonly List<string> _lastWords = [];

    /// <summary>Files that ended, and how.</summary>
    internal Dictionary<int, string> Ended { get; } = [];

    /// <summary>What the worker did not foresee.</summary>
    internal List<string> Errors { get; } = [];

    /// <summary>Command lines of processes that were still there when the worker had gone.</summary>
    internal List<string> LeftBehind { get; } = [];

    /// <summary>Files on their way when the worker ended.</summary>
    internal IReadOnlyCollection<int> InFlight => _inFlight.Keys;

    /// <summary>The file for whose sake the worker was killed, or null.</summary>
    internal int? Overdue { get; private set; }

    internal int ExitCode { get; private set; }

    internal string LastWords => string.Join(" | ", _lastWords);

    /// <summary>Sends the numbers to a new process and reads what it says until it ends.</summary>
    internal static async Task<FuzzProcess> RunAsync(
        string folder, int seed, string trap, IReadOnlyList<int> numbers, TimeSpan patience, CancellationToken cancellationToken)
    {
        var seen = new FuzzProcess();
        // Whoever is left behind is found by this.
        var mark = Guid.NewGuid().ToString("N");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DeepfakeOperator.Fuzz.dll"), "worker", folder, $"{seed}", trap])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUZZ_RUN"] = mark;
        using var process = Process.Start(start)!;
        try
        {
            var errors = seen.ReadErrorsAsync(process, cancellationToken);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var input = seen.WriteAsync(process, numbers, ended.Token);
            var output = seen.ReadAsync(process, cancellationToken);
            while (!output.IsCompleted)
            {
                await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
                if (seen.FindOverdue(patience) is not { } overdue) continue;
                seen.Overdue = overdue;
                break;
            }
            if (seen.Overdue is null) await process.WaitForExitAsync(cancellationToken);
            else process.Kill(entireProcessTree: true);
            await ended.CancelAsync();
            await Task.WhenAll(errors, input, output);
            await process.WaitForExitAsync(cancellationToken);
            seen.ExitCode = process.ExitCode;
            seen.LeftBehind.AddRange(RunningProcesses.EndAll($"FUZZ_RUN={mark}"));
            return seen;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>One number at a time, so that the worker's input ends with us, however we end.</summary>
    private async Task WriteAsync(Process process, IReadOnlyList<int> numbers, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var number in numbers)
            {
                await _room.WaitAsync(cancellationToken);
                await process.StandardInput.WriteLineAsync($"{number}".AsMemory(), cancellationToken);
                await process.StandardInput.FlushAsync(cancellationToken);
            }
            process.StandardInput.Close();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The worker has ended; its exit code tells how.
        }
    }

    private async Task ReadAsync(Process process, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { Length: > 2 } line)
        {
            var words = line[2..].Split(' ', 3);
            lock (_inFlight)
            {
                switch (line[0])
                {
                    case FuzzReport.Begin:
                        _inFlight[Number(words[0])] = Stopwatch.GetTimestamp();
                        break;
                    case FuzzReport.End:
                        _inFlight.Remove(Number(words[0]));
                        Ended[Number(words[0])] = words[1];
                        _room.Release();
                        break;
                    default:
                        Errors.Add(line[2..]);
                        break;
                }
            }
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task ReadErrorsAsync(Process process, CancellationToken cancellationToken)
    {
        const int Kept = 6;
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && _lastWords.Count < Kept) _lastWords.Add(line);
        }
    }

    private int? FindOverdue(TimeSpan patience)
    {
        lock (_inFlight)
        {
            foreach (var (number, began) in _inFlight)
            {
                if (Stopwatch.GetElapsedTime(began) > patience) return number;
            }
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
