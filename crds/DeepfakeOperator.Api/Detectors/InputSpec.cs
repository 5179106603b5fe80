namespace DeepfakeOperator.Api.Detectors;

/// <summary>A tensor that the model takes.</summary>
public sealed record InputSpec
{
    /// <summary>Name in the graph.</summary>
    public string Name { get; init; } = "";

    /// <summary>Order of its axes.</summary>
    public TensorLayout Layout { get; init; } = TensorLayout.NCHW;

    /// <summary>Its extents; -1 for the batch axis and whatever else is free.</summary>
    public IReadOnlyList<int> Shape { get; init; } = [];

    /// <summary>Type of its elements.</summary>
    public TensorType Type { get; init; } = TensorType.Float32;

    /// <summary>Name of the output that this input takes from the window before, zeros at first; for role VoiceActivity.</summary>
    public string? State { get; init; }

    /// <summary>The one value of an input that is always the same, such as a sample rate.</summary>
    public double? Value { get; init; }
}
