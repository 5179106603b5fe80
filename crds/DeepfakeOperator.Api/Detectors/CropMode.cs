using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What is cut out after resizing.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CropMode>))]
public enum CropMode
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The middle.</summary>
    Centre,

    /// <summary>Four corners and the middle, and their mirror images; ten units.</summary>
    TenCrop,
}
