using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>
/// Asks served models about items, after the detectors that run here, whose scores may be part of the question. Items enter before they are decoded,
/// so that no more than <see cref="Room"/> of them hold pictures for a server that is slow.
/// </summary>
internal sealed class RemoteStage : IDisposable
{
    private const int Room = 32;

    private readonly Channel<(ScanPipelineItem Item, IReadOnlyList<RemoteQuestion> Questions)> _waiting =
        Channel.CreateBounded<(ScanPipelineItem, IReadOnlyList<RemoteQuestion>)>(Room);

    private readonly SemaphoreSlim _room = new(Room);
    private readonly IReadOnlyList<RemoteModel?> _models;
    private readonly ILogger _logger;

    /// <param name="models">In the order of the job's detectors; null for those that run here.</param>
    /// <param name="logger">Where unforeseen failures go.</param>
    internal RemoteStage(IReadOnlyList<RemoteModel?> models, ILogger logger) => (_models, _logger) = (models, logger);

    /// <summary>Waits until the item may be decoded.</summary>
    internal async ValueTask EnterAsync(ScanPipelineItem item, CancellationToken ct)
    {
        if (_models.All(model => model is null)) return;
        await _room.WaitAsync(ct);
        item.IsInRemoteRoom = true;
    }

    /// <summary>The item is over.</summary>
    internal void Leave(ScanPipelineItem item)
    {
        if (item.IsInRemoteRoom) _room.Release();
    }

    /// <summary>True: there are questions about the item, and it is finished again when they are answered.</summary>
    internal bool Takes(ScanPipelineItem item) => item.TakeQuestions() is { Count: > 0 } questions && _waiting.Writer.TryWrite((item, questions));

    /// <summary>The loops that ask; they end when they are cancelled.</summary>
    internal IEnumerable<Task> Start(CancellationToken ct) =>
        _models.Any(model => model is not null) ? [.. Enumerable.Range(0, Room).Select(_ => Task.Run(() => RunAsync(ct), CancellationToken.None))] : [];

    public void Dispose()
    {
        foreach (var model in _models) model?.Dispose();
        _room.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (item, questions) in _waiting.Reader.ReadAllAsync(ct)) await AskAsync(item, questions, ct);
        }
        catch (OperationCanceledException)
        {
            // The pipeline is stopping.
        }
    }

    private async Task AskAsync(ScanPipelineItem item, IReadOnlyList<RemoteQuestion> questions, CancellationToken ct)
    {
        try
        {
            var scores = item.Scores().Where((_, detector) => _models[detector] is null).ToArray();
            foreach (var question in questions)
                item.Answered(question.Detector, await _models[question.Detector]!.AskAsync(question.Pictures, scores, ct));
            item.FinishAgain(null);
        }
        catch (ScanPipelineItemException error)
        {
            item.FinishAgain(error);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            _logger.LogError(error, "Item {Item} cannot be asked about", item.Source.Id);
            item.FinishAgain(ScanPipelineItemException.Infer($"the remote model cannot be asked ({error.GetType().Name})", error));
        }
    }
}
