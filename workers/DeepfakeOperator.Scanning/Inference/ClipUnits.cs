using System.Runtime.InteropServices;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A unit is a run of frames, or of the crops of one face through frames; for AudioVisual with the sound that begins with the first of them.</summary>
internal sealed class ClipUnits : IUnitFactory
{
    private readonly DetectorSpec _spec;
    private readonly Preprocess _preprocess;
    private readonly FaceCrop? _crop;
    private readonly AudioTensor? _sound;
    private readonly int _picture;

    internal ClipUnits(DetectorSpec spec)
    {
        _spec = spec;
        _crop = spec.Face is { } face && spec.Modality is Modality.FaceClip or Modality.AudioVisual ? new FaceCrop(face, spec.Image) : null;
        _picture = AudioVisualSupport.PictureOf(spec);
        _preprocess = new Preprocess(spec.Image, TensorLayout.NCHW, spec.Inputs[_picture].Type, View.Of(spec.Image, spec.Augmentation), spec.Video.EdgeTrim);
        var (channels, height, width, length) = (_preprocess.Shape[0], _preprocess.Shape[1], _preprocess.Shape[2], spec.Video.ClipLength);
        long[] pictures = TimeFirst ? [length, channels, height, width] : [channels, length, height, width];
        Shapes = [pictures];
        if (spec.Modality != Modality.AudioVisual) return;
        _sound = new AudioTensor(spec.Audio!, spec.Inputs[1 - _picture].Layout);
        Shapes = _picture == 0 ? [pictures, _sound.Shape] : [_sound.Shape, pictures];
    }

    public IReadOnlyList<long[]> Shapes { get; }

    public bool TakesSound => _sound is not null;

    private bool TimeFirst => _spec.Inputs[_picture].Layout == TensorLayout.NTCHW;

    public (int Width, int Height)? Needed(int width, int height) => null;

    public IUnitSource Open(UnitSink sink) => new Source(this, sink);

    private sealed class Source(ClipUnits units, UnitSink sink) : IUnitSource
    {
        private readonly Dictionary<int, Clip> _clips = [];

        /// <summary>Clips whose sound is not there yet: it comes after the last frame.</summary>
        private readonly List<(Unit Unit, IReadOnlyList<byte[]> Frames)> _silent = [];

        public async ValueTask FrameAsync(Frame frame, CancellationToken ct)
        {
            if (units._crop is not { } crop)
            {
                await AddAsync(0, frame.Index, null, frame.Pixels, ct);
                return;
            }
            foreach (var face in FaceSelector.Select(frame.Faces, units._spec.Face!, units._spec.Gates))
            {
                using var pixels = crop.Cut(frame.Pixels, face);
                if (pixels is not null) await AddAsync(face.Track, frame.Index, face, pixels, ct);
            }
        }

        public async ValueTask SoundAsync(Recording recording, IReadOnlyList<double> frameTimes, CancellationToken ct)
        {
            await FillAsync(ct);
            foreach (var (unit, frames) in _silent)
            {
                var start = (int)Math.Round(frameTimes[unit.Frame] * recording.SampleRate);
                var values = units._sound!.Compute(recording.Samples.Span, Math.Min(start, recording.Samples.Length));
                await sink.AddAsync(unit, slot =>
                {
                    units.Lay(frames, slot.Input(units._picture));
                    MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(slot.Input(1 - units._picture));
                }, ct);
            }
        }

        public ValueTask EndAsync(CancellationToken ct) => units._sound is null ? FillAsync(ct) : ValueTask.CompletedTask;

        private async ValueTask FillAsync(CancellationToken ct)
        {
            foreach (var clip in _clips.Values)
            {
                // What is left over after whole clips would be mostly padding; a video that is shorter than one clip has nothing else.
                if (clip.Whole == 0 && clip.Fill(units._spec.Video.ShortClipPad, units.Black)) await SendAsync(clip, ct);
            }
        }

        private async ValueTask AddAsync(int track, int frame, Face? face, PixelBuffer pixels, CancellationToken ct)
        {
            if (!_clips.TryGetValue(track, out var clip)) _clips[track] = clip = new Clip(units._spec.Video, units._preprocess.Views.Count);
            if (!clip.Wants()) return;
            clip.Add(frame, face, view =>
            {
                var bytes = new byte[units._preprocess.SlotBytes];
                units._preprocess.Write(pixels, bytes, view);
                return bytes;
            });
            if (clip.IsFull) await SendAsync(clip, ct);
        }

        private async ValueTask SendAsync(Clip clip, CancellationToken ct)
        {
            for (var view = 0; view < units._preprocess.Views.Count; view++)
            {
                var frames = clip.Pictures(view);
                var unit = new Unit(clip.Frames[0], Variant: view) { Face = clip.Face, Frames = [.. clip.Frames] };
                if (units._sound is not null) _silent.Add((unit, frames));
                else await sink.AddAsync(unit, slot => units.Lay(frames, slot.Input(units._picture)), ct);
            }
            clip.Begin();
        }
    }

    private byte[] Black(int view)
    {
        using var black = new PixelBuffer(_spec.Image.Width, _spec.Image.Height, 3);
        black.Pixels.Clear();
        var bytes = new byte[_preprocess.SlotBytes];
        _preprocess.Write(black, bytes, view);
        return bytes;
    }

    /// <summary>Frames side by side as the layout says.</summary>
    private void Lay(IReadOnlyList<byte[]> frames, Span<byte> slot)
    {
        var channels = (int)_preprocess.Shape[0];
        var plane = _preprocess.SlotBytes / channels;
        for (var t = 0; t < frames.Count; t++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var at = TimeFirst ? (t * channels) + channel : (channel * frames.Count) + t;
                frames[t].AsSpan(channel * plane, plane).CopyTo(slot[(at * plane)..]);
            }
        }
    }
}
