using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>A detector that is served elsewhere: pictures of an item are kept for the question, which is asked when the other detectors are done.</summary>
/// <param name="index">Its place among the job's detectors.</param>
/// <param name="spec">Its descriptor.</param>
internal sealed class RemoteDetector(int index, DetectorSpec spec) : IDetector
{
    public DetectorSpec Spec => spec;

    public bool TakesFrames => true;

    public bool TakesSound => false;

    public (int Width, int Height)? Needed(int width, int height) =>
        spec.Image is { Resize: ResizeMode.LongSide, ResizeTo: > 0 and var side } ? (2 * side, 2 * side) : null;

    public IUnitSource Open(ScanPipelineItem item) => new Source(index, spec, item);

    private sealed class Source(int index, DetectorSpec spec, ScanPipelineItem item) : IUnitSource
    {
        private readonly List<byte[]> _pictures = [];

        public ValueTask FrameAsync(Frame frame, CancellationToken ct)
        {
            _pictures.Add(JpegEncoder.Encode(frame.Pixels, spec.Image));
            return ValueTask.CompletedTask;
        }

        public ValueTask EndAsync(CancellationToken ct)
        {
            // Of more pictures than may be sent, as many, evenly.
            var count = Math.Min(_pictures.Count, spec.Remote!.MaxImages);
            item.Ask(new RemoteQuestion(index, [.. Enumerable.Range(0, count).Select(i => _pictures[i * _pictures.Count / count])]));
            return ValueTask.CompletedTask;
        }
    }
}
