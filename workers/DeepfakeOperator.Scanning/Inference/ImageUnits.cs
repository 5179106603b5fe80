using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A unit is a whole still or frame.</summary>
internal sealed class ImageUnits : IUnitFactory
{
    internal ImageUnits(DetectorSpec spec)
    {
        Preprocess = new Preprocess(spec.Image, spec.Inputs[0].Layout, spec.Inputs[0].Type);
        Shapes = [Preprocess.Shape];
    }

    public IReadOnlyList<long[]> Shapes { get; }

    private Preprocess Preprocess { get; }

    public (int Width, int Height)? Needed(int width, int height) => Preprocess.Needed(width, height);

    public IUnitSource Open(UnitSink sink) => new Source(Preprocess, sink);

    private sealed class Source(Preprocess preprocess, UnitSink sink) : IUnitSource
    {
        public ValueTask FrameAsync(Frame frame, CancellationToken ct) =>
            sink.AddAsync(new Unit(frame.Index), slot => preprocess.Write(frame.Pixels, slot.Input(0)), ct);

        public ValueTask EndAsync(CancellationToken ct) => ValueTask.CompletedTask;
    }
}
