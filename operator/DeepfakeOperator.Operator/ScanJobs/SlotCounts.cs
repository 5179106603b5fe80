namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Worker slots of a job by state.</summary>
/// <param name="Desired">Wanted.</param>
/// <param name="Existing">Jobs that are there and not told to go.</param>
/// <param name="Ready">Workers whose pod is ready.</param>
/// <param name="Draining">Workers told to go that are still there.</param>
internal sealed record SlotCounts(int Desired, int Existing, int Ready, int Draining)
{
    public static SlotCounts None { get; } = new(0, 0, 0, 0);

    /// <summary>Workers that are on their way to be ready.</summary>
    public int Pending { get; init; }

    /// <summary>How long they have been, on average.</summary>
    public TimeSpan PendingFor { get; init; }

    /// <summary>How long those that are ready took, on average; null: none is.</summary>
    public TimeSpan? StartUp { get; init; }

    /// <summary>What keeps a worker from getting ready; null: nothing is known.</summary>
    public string? Trouble { get; init; }

    /// <summary>A slot used up its attempts, and these were its last words; null: none did.</summary>
    public string? Failure { get; init; }
}
