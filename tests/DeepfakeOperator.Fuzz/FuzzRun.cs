using System.Collections.Concurrent;
using System.Globalization;

namespace DeepfakeOperator.Fuzz;

/// <summary>Sends mutated files through the worker's pipeline in processes that may die, and accounts for each file.</summary>
public sealed class FuzzRun(FuzzOptions options, Action<string> say)
{
    /// <summary>Files for one process: many, so that memory that is not given back shows.</summary>
    private const int Batch = 2000;

    /// <summary>The worker's own clocks are 2 s to fetch and 20 s each to probe and to decode; what takes longer than all of them hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
    private readonly ConcurrentDictionary<string, int> _ends = new();
    private readonly HashSet<int> _suspects = [];
    private int _files;
    private int _crashes;
    private int _hangs;
    private int _untyped;

    /// <summary>Runs all of it.</summary>
    public async Task<FuzzOutcome> RunAsync(CancellationToken cancellationToken)
    {
        await using var trap = new RequestTrap();
        try
        {
            var corpus = Directory.CreateDirectory(Path.Combine(_folder, "corpus")).FullName;
            await Corpus.MakeAsync(corpus, trap.Authority, cancellationToken);
            say($"a corpus of {Corpus.Read(corpus).Count} files");
            var numbers = options.Only is { } only ? [only] : Enumerable.Range(0, options.Files);
            foreach (var batch in numbers.Chunk(Batch))
            {
                await SendAsync([.. batch], trap.Authority, cancellationToken);
                say($"{_files} files: {string.Join(", ", _ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key} {end.Value}"))}");
            }
            await KeepAsync(corpus, cancellationToken);
            return new FuzzOutcome(_files, _crashes, _hangs, trap.Count, _untyped, ResourceUsage.LargestChildMb());
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Sends a batch; where a file kills the process, goes on with the rest in another.</summary>
    private async Task SendAsync(List<int> numbers, string trap, CancellationToken cancellationToken)
    {
        while (numbers.Count > 0)
        {
            using var process = await FuzzProcess.RunAsync(_folder, options.Seed, trap, numbers, Patience, cancellationToken);
            foreach (var (number, end) in process.Ended) _ends.AddOrUpdate(end, 1, (_, count) => count + 1);
            _files += process.Ended.Count;
            foreach (var error in process.Errors) Missed(ref _untyped, $"unforeseen: {error}");
            // A worker that was killed cannot end its decoders; one that ended by itself has to.
            foreach (var left in process.ExitCode == 0 ? process.LeftBehind : []) Missed(ref _hangs, $"a process was left behind: {left}");
            var rest = numbers.Where(number => !process.Ended.ContainsKey(number)).ToList();
            if (process.Overdue is { } overdue)
            {
                Missed(ref _hangs, $"file {overdue} had no outcome after {Patience.TotalSeconds:0} s", overdue);
                _files++;
                rest.Remove(overdue);
            }
            else if (rest.Count > 0)
            {
                if (process.InFlight.Count == 0) throw new InvalidOperationException($"the worker ended with exit code {process.ExitCode} before it took a file: {process.LastWords}");
                await FindCrashAsync(process, rest, trap, cancellationToken);
            }
            numbers = rest;
        }
    }

    /// <summary>Several files were on their way when the process died: each is tried by itself.</summary>
    private async Task FindCrashAsync(FuzzProcess died, List<int> rest, string trap, CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var number in died.InFlight)
        {
            using var alone = await FuzzProcess.RunAsync(_folder, options.Seed, trap, [number], Patience, cancellationToken);
            _files++;
            rest.Remove(number);
            if (alone.Ended.TryGetValue(number, out var end))
            {
                _ends.AddOrUpdate(end, 1, (_, count) => count + 1);
                continue;
            }
            found = true;
            Missed(ref _crashes, $"file {number} ended the worker with exit code {alone.ExitCode}: {alone.LastWords}", number);
        }
        if (!found) Missed(ref _crashes, $"one of the files {string.Join(", ", died.InFlight)} ended the worker with exit code {died.ExitCode}, none does so alone: {died.LastWords}");
    }

    private void Missed(ref int count, string message, int? file = null)
    {
        count++;
        say(message);
        if (file is { } number) _suspects.Add(number);
    }

    private async Task KeepAsync(string corpus, CancellationToken cancellationToken)
    {
        if (options.KeepFolder is not { } keep || (_suspects.Count == 0 && options.Only is null)) return;
        Directory.CreateDirectory(keep);
        var mutator = new Mutator(Corpus.Read(corpus), options.Seed);
        foreach (var number in _suspects.Concat(options.Only is { } only ? [only] : []))
        {
            var sample = mutator.Make(number);
            var path = Path.Combine(keep, string.Create(CultureInfo.InvariantCulture, $"{options.Seed}-{number}-{sample.Name}"));
            await File.WriteAllBytesAsync(path, sample.Bytes, cancellationToken);
            say($"kept {path}");
        }
    }
}
