using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning;

/// <summary>
/// Hands frames of one item to their takers, in order. Where faces are asked for, each frame is looked at once by each face detector, and a few frames
/// are ahead with it, so that its batches fill.
/// </summary>
internal sealed class FrameHandout(ScanPipelineItem item, IReadOnlyList<FrameTaker> takers, FaceSamplingSpec limits, Action<int> waiting) : IDisposable
{
    /// <summary>Frames that wait for their faces; a 1080p frame has 6 MB.</summary>
    private const int Ahead = 8;

    private readonly Queue<Pending> _ahead = new();
    private readonly FaceFinder[] _finders = [.. takers.Select(taker => taker.Finder).OfType<FaceFinder>().Distinct()];
    private readonly Dictionary<FaceFinder, FaceTracker> _trackers = [];

    /// <summary>The next frame. A <paramref name="borrowed"/> one is gone when this returns; else it stays until the end.</summary>
    internal async ValueTask AddAsync(int index, PixelBuffer pixels, bool borrowed, Func<int, bool> takes, CancellationToken ct)
    {
        var taking = takers.Where(taker => takes(taker.Detector)).ToArray();
        if (_finders.Length == 0)
        {
            foreach (var taker in taking) await HandAsync(taker, new Frame(index, pixels, []), [], ct);
            return;
        }
        while (_ahead.Count >= Ahead) await HandOldestAsync(ct);
        var pending = new Pending(index, borrowed ? Copy(pixels) : pixels, borrowed, taking);
        _ahead.Enqueue(pending);
        foreach (var finder in _finders) pending.Faces.Add((finder, await finder.BeginAsync(pending.Pixels, ct)));
    }

    /// <summary>There are no more frames.</summary>
    internal async ValueTask EndAsync(CancellationToken ct)
    {
        while (_ahead.Count > 0) await HandOldestAsync(ct);
    }

    public void Dispose()
    {
        foreach (var pending in _ahead) pending.Dispose();
    }

    private async ValueTask HandOldestAsync(CancellationToken ct)
    {
        using var pending = _ahead.Dequeue();
        var found = new Dictionary<FaceFinder, (IReadOnlyList<Face> Large, IReadOnlyList<Face> Small)>();
        foreach (var (finder, waited) in pending.Faces)
        {
            var faces = await WaitAsync(waited, ct);
            found[finder] = (Track(finder, [.. faces.Where(IsLarge).Take(limits.Max)]), [.. faces.Where(face => !IsLarge(face))]);
        }
        foreach (var taker in pending.Takers)
        {
            var (large, small) = taker.Finder is null ? ([], []) : found[taker.Finder];
            await HandAsync(taker, new Frame(pending.Index, pending.Pixels, large), small, ct);
        }
    }

    private async Task<IReadOnlyList<Face>> WaitAsync(Task<IReadOnlyList<Face>> faces, CancellationToken ct)
    {
        if (faces.IsCompleted) return await faces;
        waiting(-1);
        try
        {
            return await faces.WaitAsync(ct);
        }
        finally
        {
            waiting(1);
        }
    }

    /// <summary>Is it as large as the ScanJob asks?</summary>
    private bool IsLarge(Face face) => Math.Min(face.Box.Width, face.Box.Height) >= limits.MinSize;

    /// <summary>Numbers the faces that the ScanJob looks at.</summary>
    private IReadOnlyList<Face> Track(FaceFinder finder, IReadOnlyList<Face> faces)
    {
        if (!_trackers.TryGetValue(finder, out var tracker)) _trackers[finder] = tracker = new FaceTracker(item.NextTrack);
        return tracker.Follow([.. faces]);
    }

    private async ValueTask HandAsync(FrameTaker taker, Frame frame, IReadOnlyList<Face> tooSmall, CancellationToken ct)
    {
        if (Gates.NeedQuality(taker.Spec.Gates)) item.Measured(taker.Detector, ImageQuality.Measure(frame.Pixels));
        if (taker.Finder is not null)
        {
            bool Counts(Face face) => face.Score >= taker.Spec.Face!.MinScore;
            var large = FaceSelector.LargeEnough(frame.Faces, taker.Spec);
            item.Saw(taker.Detector, new FaceCount(frame.Faces.Count(Counts), large, tooSmall.Count(Counts), limits.MinSize));
        }
        await taker.Source.FrameAsync(frame, ct);
    }

    private static PixelBuffer Copy(PixelBuffer pixels)
    {
        var copy = new PixelBuffer(pixels.Width, pixels.Height, pixels.BytesPerPixel);
        pixels.Pixels.CopyTo(copy.Pixels);
        return copy;
    }

    private sealed record Pending(int Index, PixelBuffer Pixels, bool Owned, FrameTaker[] Takers) : IDisposable
    {
        internal List<(FaceFinder Finder, Task<IReadOnlyList<Face>> Faces)> Faces { get; } = [];

        public void Dispose()
        {
            if (Owned) Pixels.Dispose();
        }
    }
}
