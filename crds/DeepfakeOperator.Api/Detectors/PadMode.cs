using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How missing pixels are filled.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PadMode>))]
public enum PadMode
{
    /// <summary>With PadValue.</summary>
    Constant,

    /// <summary>Mirrored at the edge, the edge pixel not repeated.</summary>
    Mirror,

    /// <summary>With the nearest edge pixel.</summary>
    Replicate,
}
