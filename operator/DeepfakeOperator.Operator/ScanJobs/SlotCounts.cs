namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Worker slots of a job by state.</summary>
/// <param name="Desired">Wanted.</param>
/// <param name="Existing">Jobs that are there and not told to go.</param>
/// <param name="Ready">Workers whose pod is ready.</param>
/// <param name="Draining">Workers told to go that are still there.</param>
internal sealed record SlotCounts(int Desired, int Existing, int Ready, int Draining)
{
    public static SlotCounts None { get; } = new(0, 0, 0, 0);

    /// <summary>What keeps a worker from getting ready; null: nothing is known.</summary>
    public string? Trouble { get; init; }

    /// <summary>A slot used up its attempts, and these were its last words; null: none did.</summary>
    public string? Failure { get; init; }
}
