namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Numbers the faces of one item: a face that overlaps one of the frames before is the same. One frame after the other.</summary>
internal sealed class FaceTracker(Func<int> nextNumber)
{
    /// <summary>SORT's threshold (Bewley et al. 2016), where frames follow each other closely.</summary>
    private const double SameFace = 0.3;

    /// <summary>Frames in which a face may be missed (a blink of the face detector, someone passing) before its track ends.</summary>
    private const int Patience = 5;

    private readonly List<Track> _tracks = [];
    private int _frame;

    internal IReadOnlyList<Face> Follow(IReadOnlyList<Face> faces)
    {
        _frame++;
        var open = _tracks.Where(track => _frame - track.LastFrame <= Patience).ToList();
        var named = new Face[faces.Count];
        // The best overlaps first: greedy is as good as optimal for the few faces of a frame.
        var pairs = faces.SelectMany((face, i) => open.Select(track => (i, track, Overlap: track.Box.Overlap(face.Box))))
            .Where(pair => pair.Overlap >= SameFace).OrderByDescending(pair => pair.Overlap);
        foreach (var (i, track, _) in pairs)
        {
            if (named[i] is not null || track.LastFrame == _frame) continue;
            named[i] = track.See(faces[i], _frame);
        }
        for (var i = 0; i < named.Length; i++)
        {
            if (named[i] is not null) continue;
            var track = new Track(nextNumber());
            _tracks.Add(track);
            named[i] = track.See(faces[i], _frame);
        }
        return named;
    }

    private sealed class Track(int number)
    {
        internal Box Box { get; private set; }

        internal int LastFrame { get; private set; }

        internal Face See(Face face, int frame)
        {
            (Box, LastFrame) = (face.Box, frame);
            return face with { Track = number };
        }
    }
}
