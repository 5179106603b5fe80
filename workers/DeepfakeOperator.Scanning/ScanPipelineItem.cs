using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using DeepfakeOperator.Scanning.Remote;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning;

/// <summary>An item on its way. It is finished when nothing that was begun for it is outstanding: its decoding, and each unit in a batch.</summary>
internal sealed class ScanPipelineItem(SourceItem source, Action<ItemOutcome> done, ScanPipelineContext context) : IUnitReceiver
{
    private readonly Lock _lock = new();
    private readonly List<(Unit Unit, UnitReading Reading)>[] _units = [.. context.Readers.Select(_ => new List<(Unit, UnitReading)>(1))];
    private readonly string?[] _notApplicable = new string?[context.Readers.Count];
    private readonly (double Sharpness, double Brightness, int Frames)[] _quality = new (double, double, int)[context.Readers.Count];
    private readonly FaceCount?[] _faces = new FaceCount?[context.Readers.Count];
    private readonly IReadOnlyList<double>?[] _times = new IReadOnlyList<double>?[context.Readers.Count];
    private readonly IReadOnlyList<string>?[] _answers = new IReadOnlyList<string>?[context.Readers.Count];
    private List<RemoteQuestion> _questions = [];
    private ScanPipelineItemException? _failure;
    private ItemOutcome? _repeated;
    private int _outstanding = 1;
    private int _frames;
    private int _tracks;
    private long _stageStarted = context.Time.GetTimestamp();
    private double _fetchSeconds;
    private double _decodeSeconds;

    internal SourceItem Source { get; } = source;

    /// <summary>Set between fetch and decode.</summary>
    internal FetchedMedia? Media { get; private set; }

    /// <summary>Of the media; null before it is fetched.</summary>
    internal string? Sha256 => Info?.Sha256;

    /// <summary>It is one of those that a slow server may be asked about.</summary>
    internal bool IsInRemoteRoom { get; set; }

    private string Modality { get; set; } = "image";

    private MediaInfo? Info { get; set; }

    private IReadOnlyList<double> Times { get; set; } = [0d];

    internal void Begin() => _stageStarted = context.Time.GetTimestamp();

    internal void Fetched(FetchedMedia media)
    {
        Media = media;
        Modality = media.Type.Modality;
        Info = new MediaInfo { Sha256 = media.Sha256, ContentType = media.Type.ContentType, Bytes = media.Length };
        var elapsed = context.Time.GetElapsedTime(_stageStarted);
        _fetchSeconds = elapsed.TotalSeconds;
        ScanPipelineMetrics.Stage(ScanPipelineItemException.FetchStage, elapsed);
    }

    /// <summary>What decoding found out before the first unit.</summary>
    internal void Found(int width, int height, double? duration, string? modality = null)
    {
        Modality = modality ?? Modality;
        Info = Info! with { Width = width > 0 ? width : null, Height = height > 0 ? height : null, Duration = duration };
        for (var i = 0; i < _notApplicable.Length; i++) _notApplicable[i] = Gates.NotApplicable(context.Specs[i].Gates, width, height, duration);
    }

    /// <summary>The media holds nothing that any detector of the job takes.</summary>
    internal void NothingFor(string modality, double? duration, string reason)
    {
        Modality = modality;
        Info = Info! with { Duration = duration };
        Array.Fill(_notApplicable, reason);
    }

    internal bool Applies(int detector) => _notApplicable[detector] is null;

    /// <summary>A detector has nothing to look at in this item; what was found out first is kept.</summary>
    internal void Exclude(int detector, string reason) => _notApplicable[detector] ??= reason;

    /// <summary>Quality of one frame, for a detector whose gates ask.</summary>
    internal void Measured(int detector, ImageQuality quality)
    {
        var (sharpness, brightness, frames) = _quality[detector];
        _quality[detector] = (sharpness + quality.Sharpness, brightness + quality.Brightness, frames + 1);
    }

    /// <summary>Faces of one frame, for a detector that asks for them.</summary>
    internal void Saw(int detector, FaceCount faces)
    {
        var seen = _faces[detector];
        _faces[detector] = seen is null ? faces : faces with
        {
            Most = Math.Max(faces.Most, seen.Most), LargeEnough = faces.LargeEnough || seen.LargeEnough, TooSmall = Math.Max(faces.TooSmall, seen.TooSmall),
        };
    }

    /// <summary>A number for a face that was not seen before.</summary>
    internal int NextTrack() => _tracks++;

    /// <summary>Times of the frames that a detector was given, where its pass over the video was one of its own.</summary>
    internal void Timed(int detector, IReadOnlyList<double> times) => _times[detector] = times;

    /// <summary>Second of each frame that a detector was given.</summary>
    internal IReadOnlyList<double> TimesOf(int detector) => _times[detector] ?? [];

    public void Expect() => Interlocked.Increment(ref _outstanding);

    public void Receive(int detector, Unit unit, ReadOnlySpan<float> values)
    {
        try
        {
            context.Raw?.Invoke(new RawOutputs(Source.Id, context.Names[detector], unit.Order, context.Readers[detector]!.Split(values)));
            var reading = context.Readers[detector]!.Read(values);
            lock (_lock) _units[detector].Add((unit, reading));
        }
        catch (ScanPipelineItemException error)
        {
            Note(error);
        }
        Release();
    }

    public void Fail(ScanPipelineItemException error)
    {
        Note(error);
        Release();
    }

    /// <summary>A served model is to be asked when the detectors that run here are done.</summary>
    internal void Ask(RemoteQuestion question) => _questions.Add(question);

    /// <summary>What is to be asked, once; nothing of an item that has failed.</summary>
    internal IReadOnlyList<RemoteQuestion> TakeQuestions()
    {
        var questions = _questions;
        _questions = [];
        return _failure is null ? questions : [];
    }

    /// <summary>What the detectors say so far, in their order.</summary>
    internal IReadOnlyList<(string Detector, double? Score)> Scores() =>
        [.. Outcome().Verdict!.Detectors.Select(detector => (detector.Name, detector.Calibrated))];

    /// <summary>What a served model said, one answer a prompt.</summary>
    internal void Answered(int detector, IReadOnlyList<RemoteAnswer> answers)
    {
        _answers[detector] = [.. answers.Select(answer => answer.Text)];
        for (var i = 0; i < answers.Count; i++)
        {
            RawScore? score = answers[i].Fake is { } fake ? RawScore.FromProbability(fake ? 1 : 0) : null;
            _units[detector].Add((new Unit(i, Time: 0), new UnitReading(score)));
        }
    }

    /// <summary>The questions are answered, or cannot be.</summary>
    internal void FinishAgain(ScanPipelineItemException? error)
    {
        if (error is not null) Note(error);
        context.Finish(this, done);
    }

    /// <summary>Decoding has ended; <paramref name="times"/> are the frames' times, null for a still.</summary>
    internal void Decoded(IReadOnlyList<double>? times, int frames)
    {
        if (times is not null) Times = times;
        _frames = frames;
        EndDecode();
    }

    /// <summary>Fetching or decoding has failed.</summary>
    internal void Ended(ScanPipelineItemException error)
    {
        Note(error);
        EndDecode();
    }

    /// <summary>The same bytes are being scanned, or were: nothing of this item's own is needed any more.</summary>
    internal void Rest()
    {
        Media?.Dispose();
        Media = null;
    }

    /// <summary>The outcome of another item with the same bytes.</summary>
    internal void Repeat(ItemOutcome outcome)
    {
        _repeated = outcome;
        Release();
    }

    /// <summary>The pipeline is stopping: what is held is given back, and nobody hears of the item.</summary>
    internal void Drop() => Media?.Dispose();

    private void EndDecode()
    {
        Media?.Dispose();
        var elapsed = context.Time.GetElapsedTime(_stageStarted);
        _decodeSeconds = elapsed.TotalSeconds;
        if (Media is not null) ScanPipelineMetrics.Stage(ScanPipelineItemException.DecodeStage, elapsed);
        Media = null;
        _stageStarted = context.Time.GetTimestamp();
        Release();
    }

    private void Note(ScanPipelineItemException error)
    {
        lock (_lock) _failure ??= error;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0) context.Finish(this, done);
    }

    /// <summary>Called once, when nothing is outstanding any more.</summary>
    internal ItemOutcome Outcome()
    {
        if (_repeated is not null) return Repeated(_repeated);
        if (_failure is { } failure) return ItemOutcome.Failed(failure.ToFailure());
        var parts = new DetectorPart[_units.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var (spec, (sharpness, brightness, frames)) = (context.Specs[i], _quality[i]);
            var untrusted = frames > 0 ? Gates.Untrusted(spec.Gates, sharpness / frames, brightness / frames) : null;
            parts[i] = context.Parts[i].Build(_units[i], _times[i] ?? Times, _notApplicable[i] ?? Gates.NotApplicable(spec, _faces[i]), untrusted)
                with { Answers = _answers[i] };
        }
        var waited = context.Time.GetElapsedTime(_stageStarted).TotalSeconds;
        var timeline = Modality != "image" && (_frames > 0 || parts.Any(part => part.Units.Count > 0));
        try
        {
            return ItemOutcome.Judged(context.Verdicts.Judge(Source, Modality, Info!, parts, timeline, new StageTimings(_fetchSeconds, _decodeSeconds, waited)));
        }
        catch (ScanPipelineItemException error)
        {
            return ItemOutcome.Failed(error.ToFailure());
        }
    }

    /// <summary>What was found out about the bytes, in the name of this item.</summary>
    private ItemOutcome Repeated(ItemOutcome other) => other.Verdict is not { } verdict ? other : ItemOutcome.Judged(verdict with
    {
        Id = Source.Id,
        Uri = Source.Uri?.OriginalString,
        Source = Source.Position,
        Metadata = Source.Metadata,
        Timings = new StageTimings(_fetchSeconds, 0, context.Time.GetElapsedTime(_stageStarted).TotalSeconds),
    });
}
