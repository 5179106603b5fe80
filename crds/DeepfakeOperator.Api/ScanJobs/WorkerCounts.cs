namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Workers by state.</summary>
public sealed record WorkerCounts
{
    /// <summary>Wanted.</summary>
    public int Desired { get; init; }

    /// <summary>Ready to work.</summary>
    public int Ready { get; init; }

    /// <summary>Told to stop, finishing.</summary>
    public int Draining { get; init; }
}
