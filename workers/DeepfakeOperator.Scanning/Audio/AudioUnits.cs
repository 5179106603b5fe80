using System.Runtime.InteropServices;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>A unit is a stretch of sound.</summary>
internal sealed class AudioUnits : IUnitFactory
{
    private readonly AudioSpec _audio;
    private readonly AudioTensor _tensor;

    internal AudioUnits(DetectorSpec spec)
    {
        _audio = spec.Audio!;
        _tensor = new AudioTensor(_audio, spec.Inputs[0].Layout);
        Shapes = [_tensor.Shape];
    }

    public IReadOnlyList<long[]> Shapes { get; }

    public bool TakesFrames => false;

    public bool TakesSound => true;

    public (int Width, int Height)? Needed(int width, int height) => (0, 0);

    public IUnitSource Open(UnitSink sink) => new Source(_audio, _tensor, sink);

    private sealed class Source(AudioSpec audio, AudioTensor tensor, UnitSink sink) : IUnitSource
    {
        public ValueTask FrameAsync(Frame frame, CancellationToken ct) => ValueTask.CompletedTask;

        public async ValueTask SoundAsync(Recording recording, IReadOnlyList<double> frameTimes, CancellationToken ct)
        {
            var starts = AudioWindows.Starts(recording.Samples.Length, audio);
            for (var i = 0; i < starts.Count; i++)
            {
                // Computed before a slot is asked for: a whole batch waits for each slot.
                var values = tensor.Compute(recording.Samples.Span, starts[i]);
                var unit = new Unit(i, recording.TimeOf(starts[i]));
                await sink.AddAsync(unit, slot => MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(slot.Input(0)), ct);
            }
        }

        public ValueTask EndAsync(CancellationToken ct) => ValueTask.CompletedTask;
    }
}
