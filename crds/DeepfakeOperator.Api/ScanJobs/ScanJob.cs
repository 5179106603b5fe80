using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>One scan of media topics: what to read, with which detectors, on how many workers, and where the verdicts go.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KindName, PluralName = Plural)]
public sealed record ScanJob : IKubernetesObject<V1ObjectMeta>, ISpec<ScanJobSpec>, IStatus<ScanJobStatus?>
{
    /// <summary>The kind.</summary>
    public const string KindName = "ScanJob";

    /// <summary>The plural, as it stands in a REST path.</summary>
    public const string Plural = "scanjobs";

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = ApiGroup.ApiVersion;

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KindName;

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <inheritdoc/>
    [JsonPropertyName("spec")]
    public ScanJobSpec Spec { get; set; } = new();

    /// <inheritdoc/>
    [JsonPropertyName("status")]
    public ScanJobStatus? Status { get; set; }
}
