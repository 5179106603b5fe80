using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeepfakeOperator.Scanning;

/// <summary>What a <see cref="ScanPipeline"/> needs from its host besides the configuration.</summary>
public sealed record ScanPipelineOptions
{
    /// <summary>Writable folder for fetched media; files in it are removed when their item is done.</summary>
    public required string ScratchFolder { get; init; }

    /// <summary>Folder with the object store's credentials, one file per key; null: none.</summary>
    public string? MediaSecretFolder { get; init; }

    /// <summary>Folder with one folder for each Secret that a detector names, one file a key; null: none.</summary>
    public string? DetectorSecretsFolder { get; init; }

    /// <summary>Folder that <c>bundled:</c> addresses name files in.</summary>
    public string ModelFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>
    /// Cores to plan for. The default follows both the affinity mask (cpuset) and the cgroup's quota, rounded up, which ONNX Runtime's own default does not.
    /// </summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Wall clock for decoding one item.</summary>
    public TimeSpan DecodeTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Told the raw outputs of each unit, on the threads of the models; null: nobody asks.</summary>
    public Action<RawOutputs>? RawOutputs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
