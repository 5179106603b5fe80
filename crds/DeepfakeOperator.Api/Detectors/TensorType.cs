using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Type of a tensor's elements.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TensorType>))]
public enum TensorType
{
    /// <summary>32-bit float.</summary>
    Float32,

    /// <summary>16-bit float.</summary>
    Float16,

    /// <summary>Bytes, 0 to 255: normalisation is in the graph.</summary>
    UInt8,

    /// <summary>64-bit integer.</summary>
    Int64,
}
