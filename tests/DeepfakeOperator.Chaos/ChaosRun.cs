using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.Chaos;

/// <summary>
/// A job worked off by worker processes that are killed and paused at random, the broker too if so wished; then every item is accounted for.
/// </summary>
/// <param name="kafka">The broker, a real one that can be restarted.</param>
/// <param name="options">How much harm.</param>
/// <param name="say">Told what happens.</param>
public sealed class ChaosRun(KafkaServer kafka, ChaosOptions options, Action<string> say)
{
    private const int Workers = 4;
    private const int SourcePartitions = 6;
    private const int ShardItems = 400;

    /// <summary>A worker that takes this long to get partitions again is the rule: the group waits for the dead one's session to end.</summary>
    private static readonly TimeSpan PerKill = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(options.Seed);
    private readonly string _folder = Directory.CreateTempSubdirectory("chaos-").FullName;
    private readonly ProcessGroup?[] _processes = new ProcessGroup?[Workers];
    private readonly List<string> _journals = [];
    private readonly HashSet<string> _killedJournals = [];
    private readonly string[] _current = new string[Workers];
    private ShardTopics _topics = null!;
    private int _kills;
    private int _pauses;
    private long _processed;

    /// <summary>Runs it.</summary>
    public async Task<ChaosOutcome> RunAsync(CancellationToken cancellationToken)
    {
        _topics = new ShardTopics(kafka.BootstrapServers, $"c{options.Seed:x}-{Guid.NewGuid():N}"[..12], Workers, SourcePartitions);
        try
        {
            await _topics.CreateAsync();
            await _topics.PublishAsync(options.Items, cancellationToken);
            var shards = await _topics.DealAsync(ShardItems, cancellationToken);
            say($"{options.Items} items in {shards} shards, {Workers} workers, {options.Kills} kills to come, seed {options.Seed}");
            var following = _topics.FollowAsync(
                shards, records => Interlocked.Exchange(ref _processed, records.Sum(record => record.Items.Processed)), cancellationToken);
            for (var slot = 0; slot < Workers; slot++) Start(slot);
            await HarmAsync(following, cancellationToken);
            var progress = await following;
            say($"all shards are done after {_kills} kills and {_pauses} pauses");
            await DrainAsync(cancellationToken);
            return await AccountAsync(progress, cancellationToken);
        }
        finally
        {
            foreach (var process in _processes.OfType<ProcessGroup>()) await process.StopAsync(TimeSpan.Zero);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task HarmAsync(Task finished, CancellationToken cancellationToken)
    {
        var restarted = !options.RestartBroker;
        while (!finished.IsCompleted)
        {
            // Harm keeps in step with the work, so that it is spread over all of it; where it fell behind, as through the broker's death, it hurries.
            var ahead = (double)_kills / options.Kills - (double)Interlocked.Read(ref _processed) / options.Items;
            var pause = _kills >= options.Kills ? TimeSpan.FromSeconds(1) : PerKill * (0.1 + 1.5 * _random.NextDouble()) * (ahead < -0.1 ? 0.1 : 1);
            await Task.WhenAny(finished, Task.Delay(pause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (finished.IsCompleted) break;
            await ReviveAsync();
            if (!restarted && _kills >= options.Kills / 2)
            {
                restarted = true;
                say("the broker is killed and started again");
                await kafka.StopAsync();
                await kafka.StartAgainAsync(cancellationToken);
            }
            if (_kills >= options.Kills || ahead > 0.1) continue;
            var slot = _random.Next(Workers);
            if (_random.Next(6) == 0) await PauseAsync(slot, cancellationToken);
            else await KillAsync(slot);
        }
    }

    private async Task KillAsync(int slot)
    {
        await _processes[slot]!.StopAsync(TimeSpan.Zero);
        _killedJournals.Add(_current[slot]);
        _kills++;
        if (_kills % 10 == 0) say($"{_kills} kills, {Interlocked.Read(ref _processed)} of {options.Items} items");
        Start(slot);
    }

    /// <summary>A worker that sleeps longer than its session: it wakes as a zombie whose partitions belong to others.</summary>
    private async Task PauseAsync(int slot, CancellationToken cancellationToken)
    {
        const int Stop = 19, Continue = 18;
        var process = _processes[slot]!;
        _pauses++;
        process.Signal(Stop);
        await Task.Delay(TimeSpan.FromSeconds(5 + _random.Next(8)), cancellationToken);
        process.Signal(Continue);
    }

    /// <summary>A worker that gave up, being fenced, gets a successor, as a pod would.</summary>
    private async Task ReviveAsync()
    {
        for (var slot = 0; slot < Workers; slot++)
        {
            if (_processes[slot] is not { Exited.IsCompleted: true } gone) continue;
            say($"worker {slot} ended by itself with exit code {await gone.Exited}: {LastLine(slot)}");
            Start(slot);
        }
    }

    private void Start(int slot)
    {
        _current[slot] = Path.Combine(_folder, $"journal-{_journals.Count}");
        _journals.Add(_current[slot]);
        // As slow as the harm takes, but no slower than anybody would notice.
        var seconds = Math.Max(options.Kills * PerKill.TotalSeconds, 5);
        var rate = Math.Min(2000, options.Items / seconds / Workers * 0.7);
        string[] words =
        [
            "dotnet", Path.Combine(AppContext.BaseDirectory, "DeepfakeOperator.Chaos.dll"), "worker", kafka.BootstrapServers, _topics.Configuration.Name,
            $"{Workers}", $"{slot}", rate.ToString(CultureInfo.InvariantCulture), _current[slot],
        ];
        _processes[slot] = ProcessGroup.Start(ProcessGroup.Command(LogOf(slot), words));
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        foreach (var process in _processes) process!.Signal(Signals.Terminate);
        var exits = await Task.WhenAll(_processes.Select(process => process!.Exited)).WaitAsync(cancellationToken);
        if (exits.Any(exit => exit is not (0 or 1))) say("a worker did not drain");
    }

    private async Task<ChaosOutcome> AccountAsync(IReadOnlyDictionary<int, ProgressRecord> progress, CancellationToken cancellationToken)
    {
        var letters = await _topics.ReadDeadLettersAsync(cancellationToken);
        var results = await _topics.ReadResultsAsync(cancellationToken);
        if (letters.Count > 0) say($"{letters.Count} good items are dead letters: {string.Join(", ", letters.Take(10).Select(Id))}");
        var counts = progress.Values.Aggregate(new ItemCounts(), (sum, record) => sum + record.Items);
        string[] items = [.. Enumerable.Range(0, options.Items).Select(ShardTopics.ItemId)];
        var outcome = ChaosOutcome.Of(items, _kills, [.. results.Select(Id)], [.. letters.Select(Id)], counts, RedoneMax());
        if (outcome.Miscounted > 0)
            say($"the progress topic says {counts}, the topics hold {results.Count} verdicts and {letters.Count} dead letters");
        return outcome;
    }

    private static string Id(Message<byte[], byte[]> message) => Encoding.UTF8.GetString(message.Key);

    /// <summary>For each killed worker, how many of its items somebody else, or it reborn, had to begin again.</summary>
    private int RedoneMax()
    {
        var begun = _journals.ToDictionary(journal => journal, Entries);
        var last = new Dictionary<(int, long), string>();
        foreach (var journal in _journals)
            foreach (var entry in begun[journal]) last[entry] = journal;
        return _killedJournals.Select(journal => begun[journal].Distinct().Count(entry => last[entry] != journal)).DefaultIfEmpty(0).Max();
    }

    private static List<(int Partition, long Offset)> Entries(string journal)
    {
        var bytes = File.Exists(journal) ? File.ReadAllBytes(journal) : [];
        return [.. Enumerable.Range(0, bytes.Length / 12).Select(i => (
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 12)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * 12 + 4))))];
    }

    private string LogOf(int slot) => Path.Combine(_folder, $"worker-{slot}.log");

    private string LastLine(int slot) => File.Exists(LogOf(slot)) ? File.ReadLines(LogOf(slot)).LastOrDefault() ?? "" : "";
}
