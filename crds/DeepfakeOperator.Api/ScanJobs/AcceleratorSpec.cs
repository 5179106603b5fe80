namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>What the model runs on.</summary>
public sealed record AcceleratorSpec
{
    /// <summary>Execution providers in order of preference; one that is not available is passed over, the last must be.</summary>
    public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [ExecutionProvider.CPU];

    /// <summary>Extended resource a worker pod asks for; with <see cref="Count"/> 0 none.</summary>
    public string Resource { get; init; } = "nvidia.com/gpu";

    /// <summary>How many of it.</summary>
    public int Count { get; init; }
}
