using System.Threading.Channels;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Cli.Detectors;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>The worker's own pipeline over local files: no cluster, no Kafka. The files stand in for a topic of one partition.</summary>
/// <param name="detectors">The detectors.</param>
/// <param name="sampling">What a ScanJob samples.</param>
/// <param name="secretsFolder">Secrets that they name, or null.</param>
/// <param name="raw">True: the raw outputs of the models are kept too.</param>
internal sealed class LocalScan(IReadOnlyList<ResolvedDetector> detectors, SamplingSpec sampling, string? secretsFolder, bool raw)
{
    /// <summary><c>namespace/name</c> of the ScanJob that stands in the records.</summary>
    internal const string ScanJob = Namespace + "/" + Name;

    private const string Namespace = "local", Name = "scan", Topic = "files";

    /// <summary>Items between submission and report; what is more waits in its file.</summary>
    private const int InFlight = 256;

    /// <summary>A file is read where it lies, so its size costs nothing.</summary>
    private const long MaxBytes = 1L << 42;

    /// <summary>Scans the files and hands out each item when it is done, in no order.</summary>
    /// <exception cref="UsageException">The detectors cannot be run.</exception>
    internal async Task RunAsync(IEnumerable<LocalItem> items, Func<ScannedItem, Task> onItem, CancellationToken ct)
    {
        var listener = raw ? new RawListener(detectors) : null;
        using var scratch = new ScratchFolder();
        using var room = new SemaphoreSlim(InFlight);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var done = Channel.CreateBounded<ScannedItem>(InFlight);
        await using var pipeline = await StartAsync(scratch.Path, listener, ct);
        var submitting = SubmitAsync(pipeline, items, room, done.Writer, stop.Token);
        try
        {
            await foreach (var item in done.Reader.ReadAllAsync(ct))
            {
                await onItem(listener is null ? item : item with { Raw = listener.Take(item.Source.Id) });
                room.Release();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await submitting;
        }
    }

    private async Task<ScanPipeline> StartAsync(string scratch, RawListener? listener, CancellationToken ct)
    {
        var configuration = new ScanConfiguration
        {
            Namespace = Namespace,
            Name = Name,
            Uid = "",
            Spec = new ScanJobSpec { Source = new SourceSpec { Media = new MediaSpec { AllowedPaths = ["/"], MaxBytes = MaxBytes } }, Sampling = sampling },
            Detectors = detectors,
        };
        try
        {
            var options = new ScanPipelineOptions
            {
                ScratchFolder = scratch, DetectorSecretsFolder = secretsFolder, RawOutputs = listener is null ? null : listener.Hear,
            };
            return await ScanPipeline.StartAsync(configuration, options, ct);
        }
        catch (PodFatalException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static async Task SubmitAsync(
        ScanPipeline pipeline, IEnumerable<LocalItem> items, SemaphoreSlim room, ChannelWriter<ScannedItem> done, CancellationToken ct)
    {
        try
        {
            long offset = 0;
            foreach (var item in items)
            {
                await room.WaitAsync(ct);
                var source = new SourceItem
                {
                    Id = item.Path, Uri = new Uri(ModelFiles.UriOf(item.Path)), Position = new SourcePosition(Topic, 0, offset++),
                };
                // The channel holds as many as may be in flight, so a write never fails.
                if (item.Failure is { } failure) done.TryWrite(new ScannedItem(source, ItemOutcome.Failed(failure)));
                else await pipeline.SubmitAsync(source, outcome => done.TryWrite(new ScannedItem(source, outcome)), ct);
            }
            // All have been reported when all of the room is free again.
            for (var i = 0; i < InFlight; i++) await room.WaitAsync(ct);
            done.Complete();
        }
        catch (Exception error)
        {
            // The reader throws it; being stopped it knows of already.
            done.Complete(error is OperationCanceledException ? null : error);
        }
    }
}
