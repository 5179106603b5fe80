using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning;

/// <summary>A detector whose model runs here.</summary>
internal sealed class LocalDetector(Batcher batcher) : IDetector
{
    public DetectorSpec Spec => batcher.Session.Detector.Spec;

    public bool TakesFrames => Units.TakesFrames;

    public bool TakesSound => Units.TakesSound;

    private IUnitFactory Units => batcher.Session.Units;

    public (int Width, int Height)? Needed(int width, int height) => Units.Needed(width, height);

    public IUnitSource Open(ScanPipelineItem item) => Units.Open(new UnitSink(batcher, item));
}
