using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>A detector that every ScanJob may use.</summary>
[KubernetesEntity(Group = ApiGroup.Name, ApiVersion = ApiGroup.Version, Kind = KindName, PluralName = Plural)]
public sealed record ClusterDetector : IKubernetesObject<V1ObjectMeta>, ISpec<DetectorSpec>, IStatus<DetectorStatus?>
{
    /// <summary>The kind.</summary>
    public const string KindName = "ClusterDetector";

    /// <summary>The plural, as it stands in a REST path.</summary>
    public const string Plural = "clusterdetectors";

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
    public DetectorSpec Spec { get; set; } = new();

    /// <inheritdoc/>
    [JsonPropertyName("status")]
    public DetectorStatus? Status { get; set; }
}
