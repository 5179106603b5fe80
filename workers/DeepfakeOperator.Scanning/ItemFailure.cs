using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning;

/// <summary>Why an item has no verdict.</summary>
/// <param name="Class">The class, which names stage and side.</param>
/// <param name="Stage">The stage: feed, fetch, decode, infer.</param>
/// <param name="Message">What happened, in words fit for a stranger's eyes: no secret, no path of the worker.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record ItemFailure(ErrorClass Class, string Stage, string Message, int Attempts = 1);
