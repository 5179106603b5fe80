using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What the values of a box are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BoxFormat>))]
public enum BoxFormat
{
    /// <summary>For each cell of a grid: centre as offset from the cell and logarithm of the size, all in strides (YuNet).</summary>
    Grid,

    /// <summary>Left, top, right, bottom (UltraFace, decoded in the graph).</summary>
    Corners,
}
