namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A slot that has a worker.</summary>
/// <param name="Number">The slot.</param>
/// <param name="IsReady">Its pod is ready.</param>
/// <param name="IsBusy">It has work under way, or nobody knows.</param>
internal readonly record struct WorkerSlot(int Number, bool IsReady, bool IsBusy)
{
    /// <summary>Whom to send away: idle ones first (of those, one that is not even ready), then the highest slot.</summary>
    public static IEnumerable<int> ToDrain(IReadOnlyCollection<WorkerSlot> living, int desired) => living
        .OrderBy(slot => slot.IsBusy)
        .ThenBy(slot => slot.IsReady)
        .ThenByDescending(slot => slot.Number)
        .Take(living.Count - desired)
        .Select(slot => slot.Number);

    /// <summary>Which slots to fill: the lowest that have no worker, not even one on its way out.</summary>
    /// <param name="taken">Slots whose name is in use.</param>
    /// <param name="missing">How many workers are missing.</param>
    /// <param name="most">There are no more slots than this.</param>
    public static IEnumerable<int> ToFill(IReadOnlySet<int> taken, int missing, int most) =>
        Enumerable.Range(0, most).Where(slot => !taken.Contains(slot)).Take(missing);
}
