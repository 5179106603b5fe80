using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using Polly;
using Polly.Retry;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Brings an item's media to hand: from the record, a volume or the network, within size, time and what the ScanJob allows.</summary>
internal sealed class MediaFetcher : IDisposable
{
    /// <summary>Media held in memory between fetch and decode, all items together; beyond it stills go to scratch files.</summary>
    private const long MemoryBudget = 256L << 20;

    private const int MaxRetries = 4;

    private readonly MediaSpec _spec;
    private readonly TimeProvider _time;
    private readonly FileSource _files;
    private readonly HttpSource _http;
    private readonly S3Source _s3;
    private readonly MediaIntake _intake;
    private readonly ResiliencePipeline _retries;

    /// <param name="spec">What may be fetched.</param>
    /// <param name="secretFolder">The object store's credentials, one file a key; null: none.</param>
    /// <param name="scratchFolder">Where media lies that does not stay in memory.</param>
    /// <param name="time">The clock.</param>
    internal MediaFetcher(MediaSpec spec, string? secretFolder, string scratchFolder, TimeProvider time)
    {
        (_spec, _time) = (spec, time);
        _files = new FileSource(spec);
        _http = new HttpSource(spec, time);
        _s3 = new S3Source(spec, secretFolder, time);
        _intake = new MediaIntake(scratchFolder, spec.MaxBytes, new ByteBudget(MemoryBudget));
        _retries = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            // A wait that the wall clock would cut short anyway is not begun.
            ShouldHandle = new PredicateBuilder().Handle<TransientFetchException>(error => (error.RetryAfter ?? TimeSpan.Zero) < spec.FetchTimeout),
            MaxRetryAttempts = MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(5),
            DelayGenerator = arguments => new ValueTask<TimeSpan?>((arguments.Outcome.Exception as TransientFetchException)?.RetryAfter),
        }).Build();
    }

    /// <summary>The media, sniffed and checked against the item's sha256.</summary>
    /// <exception cref="ScanPipelineItemException">The item cannot be had, or is nothing a decoder takes.</exception>
    internal async Task<FetchedMedia> FetchAsync(SourceItem item, CancellationToken ct)
    {
        var media = item.Uri is null ? await _intake.TakeAsync(item.Inline, ct) : await FetchAsync(item.Uri, ct);
        if (item.Sha256 is null || item.Sha256.Equals(media.Sha256, StringComparison.OrdinalIgnoreCase)) return media;
        media.Dispose();
        throw ScanPipelineItemException.Fetch(ErrorClass.ChecksumMismatch, $"the bytes have sha256 {media.Sha256}, the item says {item.Sha256}");
    }

    public void Dispose()
    {
        _http.Dispose();
        _s3.Dispose();
    }

    private async Task<FetchedMedia> FetchAsync(Uri uri, CancellationToken ct)
    {
        if (!uri.IsAbsoluteUri) throw Denied("the address has no scheme");
        switch (uri.Scheme)
        {
            case "file":
                if (!_spec.AllowedSchemes.Contains(MediaScheme.File)) throw Denied("scheme file is not among source.media.allowedSchemes");
                return await ReadAsync(uri, ct);
            case "https" or "http":
                return await DownloadAsync(_http, () => uri, ct);
            case "s3":
                return await DownloadAsync(_s3.Http, () => _s3.Sign(uri), ct);
            default:
                throw Denied($"scheme {uri.Scheme} is not among source.media.allowedSchemes");
        }
    }

    private async Task<FetchedMedia> ReadAsync(Uri uri, CancellationToken ct)
    {
        var stream = _files.Open(uri);
        FetchedMedia? media = null;
        try
        {
            return media = await _intake.ReceiveAsync(stream, stream.Length, ct);
        }
        catch (IOException error)
        {
            throw ScanPipelineItemException.Fetch(ErrorClass.FetchNotFound, "the file cannot be read", error);
        }
        finally
        {
            // Media that is read through the open file closes it itself.
            if (media?.LocalPath is null) await stream.DisposeAsync();
        }
    }

    private async Task<FetchedMedia> DownloadAsync(HttpSource http, Func<Uri> address, CancellationToken ct)
    {
        using var clock = new CancellationTokenSource(_spec.FetchTimeout, _time);
        using var wall = CancellationTokenSource.CreateLinkedTokenSource(ct, clock.Token);
        var attempts = 0;
        try
        {
            return await _retries.ExecuteAsync(async token =>
            {
                attempts++;
                return await DownloadOnceAsync(http, address, token);
            }, wall.Token);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ScanPipelineItemException(ErrorClass.FetchTimeout, ScanPipelineItemException.FetchStage,
                $"not fetched within source.media.fetchTimeout ({_spec.FetchTimeout.TotalSeconds:0.###} s)") { Attempts = attempts };
        }
        catch (TransientFetchException error)
        {
            throw new ScanPipelineItemException(ErrorClass.FetchTimeout, ScanPipelineItemException.FetchStage,
                $"given up after {attempts} attempts: {error.Message}", error) { Attempts = attempts };
        }
    }

    private async Task<FetchedMedia> DownloadOnceAsync(HttpSource http, Func<Uri> address, CancellationToken ct)
    {
        var response = await http.GetAsync(address(), rest: null, ct);
        var length = response.Content.Headers.ContentLength;
        await using var stream = new ResumingStream(
            response, async (rest, token) => await _retries.ExecuteAsync(async again => await http.GetAsync(address(), rest, again), token));
        return await _intake.ReceiveAsync(stream, length, ct);
    }

    private static ScanPipelineItemException Denied(string message) => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message);
}
