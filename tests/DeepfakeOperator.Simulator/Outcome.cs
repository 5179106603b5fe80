namespace DeepfakeOperator.Simulator;

/// <summary>How a trace went under a scaler.</summary>
internal sealed record Outcome
{
    public required double GpuSeconds { get; init; }

    /// <summary>Batch: seconds to the last item; stream: the oldest age that an item reached before it was done.</summary>
    public required double Finish { get; init; }

    public required long Processed { get; init; }

    public required int Started { get; init; }

    public required int Peak { get; init; }

    public required int Oscillations { get; init; }

    /// <summary>Batch: when all the speed that was there, used without a rest, would have been enough.</summary>
    public double Ideal { get; init; }

    /// <summary>Times that the number went up, down and up again within the delay.</summary>
    public static int OscillationsOf(IReadOnlyList<(double At, int Desired)> changes, double delay)
    {
        var count = 0;
        for (var last = 2; last < changes.Count; last++)
        {
            var up = changes[last - 2].Desired > (last > 2 ? changes[last - 3].Desired : 0);
            var down = changes[last - 1].Desired < changes[last - 2].Desired;
            var again = changes[last].Desired > changes[last - 1].Desired;
            if (up && down && again && changes[last].At - changes[last - 2].At <= delay) count++;
        }
        return count;
    }
}
