using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Demo;

/// <summary>One record of the result topic or the dead-letter topic.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Verdict">Its verdict; null for a dead letter.</param>
/// <param name="Error">The dead letter's class and message; null for a verdict.</param>
public sealed record ScannedItem(string Id, VerdictRecord? Verdict, string? Error);
