using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>What stands in the results for an item without a verdict: what a dead letter says in its headers.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Uri">Where the media is.</param>
/// <param name="Source">Its place among the items.</param>
/// <param name="ScanJob">As in a verdict.</param>
/// <param name="Error">Why it has no verdict.</param>
internal sealed record FailureRecord(string Id, string? Uri, SourcePosition Source, string ScanJob, FailureRecord.Why Error)
{
    /// <param name="Class">The error class.</param>
    /// <param name="Stage">The stage that failed.</param>
    /// <param name="Message">What happened.</param>
    /// <param name="Attempts">How often it was tried.</param>
    internal sealed record Why(ErrorClass Class, string Stage, string Message, int Attempts);
}
