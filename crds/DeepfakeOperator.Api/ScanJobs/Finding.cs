namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>An item that scored high.</summary>
public sealed record Finding
{
    /// <summary>The item's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The ensemble's score, three decimals, as a string because CRDs have no exact floats.</summary>
    public string Score { get; init; } = "";

    /// <summary>The verdict.</summary>
    public Records.Verdict Verdict { get; init; }

    /// <summary>Where the media is, without query string; absent for inline bytes.</summary>
    public string? Uri { get; init; }
}
