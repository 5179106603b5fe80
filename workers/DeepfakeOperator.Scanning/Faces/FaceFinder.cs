using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Finds the faces of pictures, in batches that all items share.</summary>
internal sealed class FaceFinder
{
    private readonly Batcher _batcher;
    private readonly Preprocess _preprocess;
    private readonly BoxDecoder _decoder;
    private readonly double _minScore;

    /// <param name="batcher">The face detector.</param>
    /// <param name="minScore">The lowest score that any of the detectors it works for counts.</param>
    internal FaceFinder(Batcher batcher, double minScore)
    {
        (_batcher, _minScore) = (batcher, minScore);
        _preprocess = ((ImageUnits)batcher.Session.Units).Preprocess;
        _decoder = batcher.Session.Boxes!;
    }

    internal string Name => _batcher.Session.Detector.Name;

    internal Batcher Batcher => _batcher;

    /// <summary>Has a picture looked at; it may be gone when this returns, the faces come when its batch has run.</summary>
    internal async ValueTask<Task<IReadOnlyList<Face>>> BeginAsync(PixelBuffer picture, CancellationToken ct)
    {
        var request = new Request(this, _preprocess.Plan(picture.Width, picture.Height));
        await new UnitSink(_batcher, request).AddAsync(new Unit(0), slot => _preprocess.Write(picture, slot.Input(0)), ct);
        return request.Faces;
    }

    private sealed class Request(FaceFinder finder, ResizePlan plan) : IUnitReceiver
    {
        private readonly TaskCompletionSource<IReadOnlyList<Face>> _faces = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<IReadOnlyList<Face>> Faces => _faces.Task;

        public void Expect()
        {
        }

        public void Receive(int detector, Unit unit, ReadOnlySpan<float> values) =>
            _faces.SetResult([.. finder._decoder.Decode(values, finder._minScore).Select(face => face.ToPicture(plan)).OrderByDescending(face => face.Box.Area)]);

        public void Fail(ScanPipelineItemException error) => _faces.SetException(error);
    }
}
