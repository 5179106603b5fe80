using System.Threading.Channels;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using DeepfakeOperator.Scanning.Remote;
using DeepfakeOperator.Scanning.Verdicts;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>From an item to its outcome: fetch, decode, preprocess, infer, verdict, as stages joined by bounded queues.</summary>
public sealed class ScanPipeline : IAsyncDisposable
{
    /// <summary>Fetching waits for others, so many may wait at once.</summary>
    private const int Fetches = 32;

    /// <summary>Items that wait for a fetch; enough that no fetch idles, little enough that backpressure is felt at once.</summary>
    private const int Backlog = 32;

    /// <summary>Stills in hand for each core: while some wait for a slot in a batch, another is decoded.</summary>
    private const int StillsPerCore = 4;

    private readonly Channel<ScanPipelineItem> _submitted = Channel.CreateBounded<ScanPipelineItem>(Backlog);
    private readonly Channel<ScanPipelineItem> _videos;
    private readonly CancellationTokenSource _stop = new();
    private readonly ScanPipelineOptions _options;
    private readonly ScanPipelineContext _context;
    private readonly MediaFetcher _fetcher;
    private readonly ScanPipelineDecoder _decoder;
    private readonly ScanPipelineThreads<ScanPipelineItem> _stills;
    private readonly IReadOnlyList<Batcher> _batchers;
    private readonly RemoteStage _remote;
    private readonly IReadOnlyList<FaceFinder> _finders;
    private readonly IReadOnlyList<SpeechGate?> _gates;
    private readonly Ensemble _ensemble;
    private readonly HostLanes _lanes = new();
    private readonly ScanPipelineMemory _memory = new();
    private readonly List<Task> _loops = [];
    private readonly ILogger _logger;
    private int _decoding;
    private int _disposed;

    private ScanPipeline(
        ScanConfiguration configuration, ScanPipelineOptions options,
        IReadOnlyList<ModelSession?> sessions, IReadOnlyList<RemoteModel?> remotes,
        IReadOnlyList<ModelSession> faceSessions, IReadOnlyList<SpeechGate?> gates, Ensemble ensemble)
    {
        (_gates, _ensemble) = (gates, ensemble);
        _options = options;
        _logger = options.LoggerFactory.CreateLogger<ScanPipeline>();
        var source = configuration.Spec.Source.Media;
        _fetcher = new MediaFetcher(source, options.MediaSecretFolder, options.ScratchFolder, options.TimeProvider);
        var batchers = sessions.Select((session, index) => session is null ? null : Batcher(session, index, configuration)).ToArray();
        _batchers = [.. batchers.OfType<Batcher>()];
        _remote = new RemoteStage(remotes, _logger);
        IDetector[] detectors = [.. batchers.Select(Detector)];
        _finders = [.. faceSessions.Select(session => new FaceFinder(Batcher(session, 0, configuration), FaceDetectors.MinScore(session, configuration)))];
        _context = new ScanPipelineContext(
            [.. configuration.Detectors.Select(detector => detector.Spec)],
            [.. configuration.Detectors.Select(detector => detector.Name)],
            [.. sessions.Select(session => session is null ? null : new OutputReader(session.Detector.Spec.Outputs, session.Outputs))],
            [.. configuration.Detectors.Select(detector => new PartBuilder(detector.Name, detector.Spec))],
            new VerdictBuilder(configuration, ensemble),
            Finish,
            options.RawOutputs,
            options.TimeProvider);
        var videos = new VideoDecoder(options.ScratchFolder, options.DecodeTimeout, options.TimeProvider);
        var finders = configuration.Detectors.Select(detector => FaceDetectors.Of(detector.Spec) is { } name ? _finders.First(finder => finder.Name == name) : null);
        var pictures = new PictureStage(
            detectors, [.. finders], videos, new FfmpegStills(videos, options.ScratchFolder), configuration.Spec.Sampling, Waiting);
        var sound = new SoundStage(
            _context.Specs, gates, new AudioDecoder(options.ScratchFolder, options.DecodeTimeout, options.TimeProvider), configuration.Spec.Sampling.Audio);
        _decoder = new ScanPipelineDecoder(detectors, videos, pictures, sound, _logger);
        _stills = new ScanPipelineThreads<ScanPipelineItem>(ScanPipelineItemException.DecodeStage, options.Cores, StillsPerCore * options.Cores, DecodeStillAsync);
        _videos = Channel.CreateBounded<ScanPipelineItem>(options.Cores);
        Provider = string.Join("+", sessions.Select(session => session?.Provider.ToString() ?? "remote").Distinct());
        ScanPipelineMetrics.Provider(Provider);
        for (var i = 0; i < Fetches; i++) _loops.Add(Task.Run(FetchAsync, CancellationToken.None));
        for (var i = 0; i < options.Cores; i++) _loops.Add(Task.Run(DecodeVideosAsync, CancellationToken.None));
        _loops.AddRange(_remote.Start(_stop.Token));

        IDetector Detector(Batcher? batcher, int index) =>
            batcher is null ? new RemoteDetector(index, configuration.Detectors[index].Spec) : new LocalDetector(batcher);
    }

    private IEnumerable<Batcher> All => _batchers.Concat(_finders.Select(finder => finder.Batcher));

    /// <summary>The execution provider that was proved to run the models: TensorRT, CUDA or CPU.</summary>
    public string Provider { get; }

    /// <summary>Loads the models and starts the stages.</summary>
    /// <exception cref="PodFatalException">No provider of <c>spec.workers.accelerator.providers</c> works here, or a detector cannot be run.</exception>
    public static async Task<ScanPipeline> StartAsync(ScanConfiguration configuration, ScanPipelineOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        if (configuration.Detectors.Count == 0) throw new PodFatalException("spec.detectors: the job has no detector");
        Directory.CreateDirectory(options.ScratchFolder);
        RemoveLeftovers(options.ScratchFolder);
        var sessions = new List<ModelSession?>();
        var remotes = new List<RemoteModel?>();
        var faceSessions = new List<ModelSession>();
        var gates = new List<SpeechGate?>();
        Ensemble? ensemble = null;
        try
        {
            var logger = options.LoggerFactory.CreateLogger<ModelSession>();
            var store = new ModelStore(options);
            ensemble = await Ensemble.LoadAsync(configuration.Spec, configuration.Detectors.Count, store, logger, ct);
            var providers = configuration.Spec.Workers.Accelerator.Providers;
            foreach (var detector in configuration.Detectors)
            {
                // Only who asks for raw outputs (a check) has a use for a face detector by itself.
                if (detector.Spec.Role != DetectorRole.Detector && options.RawOutputs is null)
                    throw new DetectorException("DescriptorInvalid", $"role: {detector.Spec.Role} is not run by itself, only for other detectors");
                // Before anything is fetched for it.
                var remote = detector.Spec.Modality == Modality.Remote;
                var problems = remote ? [] : DetectorSupport.Problems(detector.Spec);
                if (problems.Count > 0) throw new DetectorException("DescriptorInvalid", string.Join("; ", problems));
                gates.Add(await SpeechGates.ForAsync(detector, store, logger, ct));
                await FaceDetectors.LoadAsync(detector, faceSessions, providers, store, logger, ct);
                remotes.Add(remote ? await RemoteModel.LoadAsync(detector.Spec, options, ct) : null);
                sessions.Add(remote ? null : await ModelSession.LoadAsync(detector, providers, store, logger, ct));
            }
            return new ScanPipeline(configuration, options, sessions, remotes, faceSessions, gates, ensemble);
        }
        catch (Exception error)
        {
            foreach (var session in sessions.Concat(faceSessions)) session?.Dispose();
            foreach (var remote in remotes) remote?.Dispose();
            foreach (var gate in gates) gate?.Dispose();
            ensemble?.Dispose();
            if (error is DetectorException refusal)
                throw new PodFatalException($"detector '{configuration.Detectors[sessions.Count].Name}' ({refusal.Reason}): {refusal.Message}", refusal);
            throw;
        }
    }

    /// <summary>
    /// Hands in an item; waits while the pipeline is full. <paramref name="done"/> is called exactly once, on any thread, unless the pipeline is
    /// disposed first. It must not block and must not throw.
    /// </summary>
    public async ValueTask SubmitAsync(SourceItem item, Action<ItemOutcome> done, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(done);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _submitted.Writer.WriteAsync(new ScanPipelineItem(item, done, _context), ct);
        ScanPipelineMetrics.Queue(ScanPipelineItemException.FetchStage, 1);
    }

    /// <summary>Stops the stages; items in flight are dropped without an outcome.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        _submitted.Writer.TryComplete();
        // Writers that wait for a slot are let go first; slots themselves stay valid until no writer is left.
        foreach (var batcher in All) batcher.Stop();
        await Task.WhenAll(_loops);
        _stills.Dispose();
        foreach (var batcher in All) batcher.Dispose();
        foreach (var gate in _gates) gate?.Dispose();
        _ensemble.Dispose();
        _remote.Dispose();
        _fetcher.Dispose();
        _stop.Dispose();
        RemoveLeftovers(_options.ScratchFolder);
    }

    /// <summary>
    /// On the CPU a batch runs on one thread, so as many run at once as there are cores; on a device runs of one session queue up on one stream.
    /// </summary>
    private static int Lanes(ModelSession session, ScanPipelineOptions options) => session.Provider == ExecutionProvider.CPU ? options.Cores : 1;

    /// <summary>A container that was killed leaves its files to the next one of the pod.</summary>
    private static void RemoveLeftovers(string scratchFolder)
    {
        foreach (var file in Directory.EnumerateFiles(scratchFolder, "*" + MediaIntake.ScratchSuffix)) File.Delete(file);
    }

    private Batcher Batcher(ModelSession session, int index, ScanConfiguration configuration) => new(
        session, index, configuration.Spec.Workers.Batch, Lanes(session, _options), () => Volatile.Read(ref _decoding) > 0, _options.TimeProvider, _logger);

    private async Task FetchAsync()
    {
        try
        {
            await foreach (var item in _submitted.Reader.ReadAllAsync(_stop.Token))
            {
                ScanPipelineMetrics.Queue(ScanPipelineItemException.FetchStage, -1);
                for (var next = _lanes.TryEnter(item) ? item : null; next is not null; next = _lanes.Leave(next)) await FetchAsync(next);
            }
        }
        catch (OperationCanceledException)
        {
            // The pipeline is stopping.
        }
    }

    private async Task FetchAsync(ScanPipelineItem item)
    {
        item.Begin();
        try
        {
            item.Fetched(await _fetcher.FetchAsync(item.Source, _stop.Token));
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            item.Ended(Typed(error, item));
            return;
        }
        // Whoever asks for raw outputs asks for each item's own.
        if (_options.RawOutputs is null && !_memory.IsNew(item)) return;
        await _remote.EnterAsync(item, _stop.Token);
        switch (item.Media!.Type.Kind)
        {
            case MediaKind.Still:
                Interlocked.Increment(ref _decoding);
                await _stills.EnqueueAsync(item, _stop.Token);
                break;
            default:
                await _videos.Writer.WriteAsync(item, _stop.Token);
                break;
        }
    }

    private async Task DecodeStillAsync(ScanPipelineItem item)
    {
        await _decoder.DecodeStillAsync(item, _stop.Token);
        DecodeEnded();
    }

    private async Task DecodeVideosAsync()
    {
        try
        {
            await foreach (var item in _videos.Reader.ReadAllAsync(_stop.Token))
            {
                Interlocked.Increment(ref _decoding);
                await _decoder.DecodeVideoAsync(item, _stop.Token);
                DecodeEnded();
            }
        }
        catch (OperationCanceledException)
        {
            // The pipeline is stopping.
        }
    }

    private void DecodeEnded()
    {
        if (Interlocked.Decrement(ref _decoding) > 0) return;
        foreach (var batcher in All) batcher.Nudge();
    }

    /// <summary>An item that waits for its faces brings no unit meanwhile.</summary>
    private void Waiting(int change)
    {
        if (change < 0) DecodeEnded();
        else Interlocked.Increment(ref _decoding);
    }

    private void Finish(ScanPipelineItem item, Action<ItemOutcome> done)
    {
        if (_stop.IsCancellationRequested || _remote.Takes(item)) return;
        _remote.Leave(item);
        ItemOutcome outcome;
        try
        {
            outcome = item.Outcome();
        }
        catch (Exception error)
        {
            // One item must not end the thread of its batch.
            _logger.LogError(error, "Item {Item} cannot be judged", item.Source.Id);
            outcome = ItemOutcome.Failed(ScanPipelineItemException.Infer($"it cannot be judged ({error.GetType().Name})").ToFailure());
        }
        if (outcome.Verdict is { } verdict) ScanPipelineMetrics.Outcome(verdict.Verdict);
        else ScanPipelineMetrics.Outcome(outcome.Failure!.Class);
        done(outcome);
        _memory.Complete(item, outcome);
    }

    private ScanPipelineItemException Typed(Exception error, ScanPipelineItem item)
    {
        if (error is ScanPipelineItemException typed) return typed;
        _logger.LogError(error, "Item {Item} failed to fetch in an unforeseen way", item.Source.Id);
        return error is IOException
            ? ScanPipelineItemException.Fetch(ErrorClass.FetchTooLarge, "the worker's scratch folder cannot take it", error)
            : ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, $"fetching failed in an unforeseen way ({error.GetType().Name})", error);
    }
}
