using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DeepfakeOperator.Scanning;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Chaos;

/// <summary>A worker process as Kubernetes would run it, with a pipeline that is a clock: items complete out of order, at a given rate, and each start is on record.</summary>
public static class ScriptedWorker
{
    /// <summary>Runs until SIGTERM. Exit code 0: drained; 1: it can do no more.</summary>
    /// <param name="bootstrapServers">The broker.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="partitions">Partitions of the shards topic.</param>
    /// <param name="slot">Slot.</param>
    /// <param name="rate">Items a second.</param>
    /// <param name="journal">File that takes partition and offset of each item begun; what is written there survives SIGKILL.</param>
    public static async Task<int> RunAsync(string bootstrapServers, string job, int partitions, int slot, double rate, string journal)
    {
        using var drain = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            drain.Cancel();
        });
        await using var begun = new FileStream(journal, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        using var logs = LoggerFactory.Create(logging => logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
        }));
        var pace = new Pace(rate, slot);
        var topics = new ShardTopics(bootstrapServers, job, partitions);
        var options = topics.WorkerOptions(slot) with
        {
            MaxInFlight = ChaosOutcome.CommitInterval,
            SessionTimeout = TimeSpan.FromSeconds(6),
            LoggerFactory = logs,
        };
        try
        {
            await using var worker = new ShardWorker(topics.Configuration, options, async (item, done, ct) =>
            {
                var entry = new byte[12];
                BinaryPrimitives.WriteInt32LittleEndian(entry, item.Position.Partition);
                BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(4), item.Position.Offset);
                await begun.WriteAsync(entry, ct);
                await pace.WaitAsync(ct);
                pace.Later(() => done(ItemOutcome.Judged(ShardTopics.Judge(item))));
            });
            await worker.RunAsync(drain.Token);
            return 0;
        }
        catch (PodFatalException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    private sealed class Pace(double rate, int seed)
    {
        private readonly Random _random = new(seed);
        private DateTimeOffset _next = TimeProvider.System.GetUtcNow();

        /// <summary>Lets so many through a second, in handfuls, as timers are coarse.</summary>
        internal async Task WaitAsync(CancellationToken ct)
        {
            var now = TimeProvider.System.GetUtcNow();
            _next = (_next < now - TimeSpan.FromSeconds(1) ? now : _next) + TimeSpan.FromSeconds(1 / rate);
            if (_next > now) await Task.Delay(_next - now, ct);
        }

        /// <summary>Runs it within 50 ms.</summary>
        internal void Later(Action action) => _ = RunAsync(_random.Next(50), action);

        private static async Task RunAsync(int milliseconds, Action action)
        {
            await Task.Delay(milliseconds, CancellationToken.None);
            action();
        }
    }
}
