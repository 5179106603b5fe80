using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A unit is a whole still or frame.</summary>
internal sealed class ImageUnits : IUnitFactory
{
    internal ImageUnits(DetectorSpec spec)
    {
        Preprocess = new Preprocess(spec.Image, spec.Inputs[0].Layout, spec.Inputs[0].Type, View.Of(spec.Image, spec.Augmentation), spec.Video.EdgeTrim);
        Shapes = [Preprocess.Shape];
    }

    public IReadOnlyList<long[]> Shapes { get; }

    internal Preprocess Preprocess { get; }

    public (int Width, int Height)? Needed(int width, int height) => Preprocess.Needed(width, height);

    public IUnitSource Open(UnitSink sink) => new Source(Preprocess, sink);

    private sealed class Source(Preprocess preprocess, UnitSink sink) : IUnitSource
    {
        public async ValueTask FrameAsync(Frame frame, CancellationToken ct)
        {
            for (var view = 0; view < preprocess.Views.Count; view++)
            {
                var (pixels, index) = (frame.Pixels, view);
                await sink.AddAsync(new Unit(frame.Index, Variant: view), slot => preprocess.Write(pixels, slot.Input(0), index), ct);
            }
        }

        public ValueTask EndAsync(CancellationToken ct) => ValueTask.CompletedTask;
    }
}
