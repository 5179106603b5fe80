using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Faces;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A run of preprocessed frames that is filling.</summary>
internal sealed class Clip(VideoSpec video, int views)
{
    private readonly List<byte[][]> _pictures = [];
    private readonly List<int> _frames = [];
    private int _seen;

    /// <summary>Clips that were full.</summary>
    internal int Whole { get; private set; }

    internal bool IsFull => _pictures.Count == video.ClipLength;

    /// <summary>Index of each frame; a padded one has that of the frame it repeats.</summary>
    internal IReadOnlyList<int> Frames => _frames;

    /// <summary>The face in its first frame, or null.</summary>
    internal Face? Face { get; private set; }

    /// <summary>False for the frames between those of a clip.</summary>
    internal bool Wants() => _seen++ % video.ClipStride == 0;

    internal void Add(int frame, Face? face, Func<int, byte[]> picture)
    {
        Face ??= face;
        _frames.Add(frame);
        _pictures.Add([.. Enumerable.Range(0, views).Select(picture)]);
    }

    /// <summary>Fills what is missing; false: there is no frame at all.</summary>
    internal bool Fill(ShortClipPad pad, Func<int, byte[]> black)
    {
        var count = _pictures.Count;
        if (count == 0) return false;
        for (var i = count; i < video.ClipLength; i++)
        {
            var from = pad == ShortClipPad.Mirror ? Mirrored(i, count) : count - 1;
            _frames.Add(_frames[from]);
            _pictures.Add(pad == ShortClipPad.Zero ? [.. Enumerable.Range(0, views).Select(black)] : _pictures[from]);
        }
        return true;
    }

    internal IReadOnlyList<byte[]> Pictures(int view) => [.. _pictures.Select(picture => picture[view])];

    /// <summary>The next clip.</summary>
    internal void Begin()
    {
        Whole++;
        _seen = 0;
        Face = null;
        _frames.Clear();
        _pictures.Clear();
    }

    /// <summary>Backwards from the last frame and forwards again, no frame twice in a row.</summary>
    private static int Mirrored(int index, int count)
    {
        if (count == 1) return 0;
        var inPeriod = index % (2 * (count - 1));
        return inPeriod < count ? inPeriod : (2 * (count - 1)) - inPeriod;
    }
}
