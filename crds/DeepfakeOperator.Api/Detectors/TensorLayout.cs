using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>Order of a tensor's axes: N batch, C channel, T time, H height, W width.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TensorLayout>))]
public enum TensorLayout
{
    /// <summary>Planes.</summary>
    NCHW,

    /// <summary>Interleaved pixels.</summary>
    NHWC,

    /// <summary>Clip, channel first.</summary>
    NCTHW,

    /// <summary>Clip, time first.</summary>
    NTCHW,

    /// <summary>Samples or scores.</summary>
    NT,

    /// <summary>Samples with a channel axis of one.</summary>
    N1T,

    /// <summary>Features over time.</summary>
    NFT,

    /// <summary>Features over time, time first.</summary>
    NTF,
}
