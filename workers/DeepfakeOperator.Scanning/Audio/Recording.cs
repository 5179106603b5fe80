namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Sound of an item, mixed to one channel.</summary>
/// <param name="Samples">The samples, about -1 to 1.</param>
/// <param name="SampleRate">Of them in a second.</param>
internal sealed record Recording(ReadOnlyMemory<float> Samples, int SampleRate)
{
    /// <summary>Where the pieces that it was put together of began, as sample here and second of the item; null: it is whole.</summary>
    private IReadOnlyList<(int Sample, double Time)>? Pieces { get; init; }

    internal double Seconds => (double)Samples.Length / SampleRate;

    /// <summary>When a sample was heard, in seconds from the start of the item.</summary>
    internal double TimeOf(int sample)
    {
        if (Pieces is null) return (double)sample / SampleRate;
        var piece = Pieces.LastOrDefault(piece => piece.Sample <= sample);
        return piece.Time + ((double)(sample - piece.Sample) / SampleRate);
    }

    /// <summary>Only these stretches of it, in seconds, one after the other.</summary>
    internal Recording Only(IReadOnlyList<(double From, double To)> stretches)
    {
        var samples = new List<float>(Samples.Length);
        var pieces = new List<(int, double)>();
        foreach (var (from, to) in stretches)
        {
            var (first, end) = (Math.Min((int)(from * SampleRate), Samples.Length), Math.Min((int)(to * SampleRate), Samples.Length));
            if (first >= end) continue;
            pieces.Add((samples.Count, from));
            samples.AddRange(Samples.Span[first..end]);
        }
        return new Recording(samples.ToArray(), SampleRate) { Pieces = pieces };
    }
}
