using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>A unit is one face of a still or frame.</summary>
internal sealed class FaceUnits : IUnitFactory
{
    private readonly DetectorSpec _spec;
    private readonly FaceCrop _crop;
    private readonly Preprocess _preprocess;

    internal FaceUnits(DetectorSpec spec)
    {
        (_spec, _crop) = (spec, new FaceCrop(spec.Face!, spec.Image));
        _preprocess = new Preprocess(spec.Image, spec.Inputs[0].Layout, spec.Inputs[0].Type, View.Of(spec.Image, spec.Augmentation));
        Shapes = [_preprocess.Shape];
    }

    public IReadOnlyList<long[]> Shapes { get; }

    public (int Width, int Height)? Needed(int width, int height) => null;

    public IUnitSource Open(UnitSink sink) => new Source(this, sink);

    private sealed class Source(FaceUnits units, UnitSink sink) : IUnitSource
    {
        public async ValueTask FrameAsync(Frame frame, CancellationToken ct)
        {
            var preprocess = units._preprocess;
            foreach (var face in FaceSelector.Select(frame.Faces, units._spec.Face!, units._spec.Gates))
            {
                using var crop = units._crop.Cut(frame.Pixels, face);
                if (crop is null) continue;
                for (var view = 0; view < preprocess.Views.Count; view++)
                {
                    var (pixels, index) = (crop, view);
                    await sink.AddAsync(new Unit(frame.Index, Variant: view) { Face = face }, slot => preprocess.Write(pixels, slot.Input(0), index), ct);
                }
            }
        }

        public ValueTask EndAsync(CancellationToken ct) => ValueTask.CompletedTask;
    }
}
