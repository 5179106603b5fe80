using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The worker pods.</summary>
public sealed record WorkersSpec
{
    /// <summary>Fewest workers while there is work.</summary>
    public int Min { get; init; }

    /// <summary>Most workers; also the number of partitions of the shards topic, up to 256.</summary>
    public int Max { get; init; } = 1;

    /// <summary>Set (by hand, an HPA or KEDA through the scale subresource): exactly so many; null: the operator chooses.</summary>
    public int? Replicas { get; init; }

    /// <summary>What the model runs on.</summary>
    public AcceleratorSpec Accelerator { get; init; } = new();

    /// <summary>How items are batched for the model.</summary>
    public BatchSpec Batch { get; init; } = new();

    /// <summary>Time from SIGTERM in which a worker finishes what is in flight; also the pod's grace period, plus a margin.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>PodTemplateSpec merged onto the operator's own; kept as it came, so that no field is lost.</summary>
    public JsonObject? Template { get; init; }
}
