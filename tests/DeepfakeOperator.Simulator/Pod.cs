namespace DeepfakeOperator.Simulator;

/// <summary>A worker pod. It holds its GPU from the start of the image pull to its exit.</summary>
internal sealed class Pod(int number, double created, double startUp, double speed)
{
    public int Number => number;

    public double Created => created;

    public double StartUp => startUp;

    public double Speed => speed;

    /// <summary>When it exits; null: not told to.</summary>
    public double? Ends { get; set; }

    /// <summary>What it has done, and the seconds that it was at it.</summary>
    public (double Items, double Seconds) Done { get; set; }

    /// <summary>Items per second; null until it has worked long enough to tell.</summary>
    public double? Rate => Done.Seconds >= 300 ? Done.Items / Done.Seconds : null;

    public bool IsReady(double now) => Ends is null && now >= created + startUp;

    public bool IsPending(double now) => Ends is null && now < created + startUp;
}
