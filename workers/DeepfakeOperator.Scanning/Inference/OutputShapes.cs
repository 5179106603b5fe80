using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Does an output have the shape that its kind needs?</summary>
internal static class OutputShapes
{
    /// <summary>No score has more values; a larger tensor is a mask or a feature map.</summary>
    private const int LargestScore = 65_536;

    /// <exception cref="DetectorException">It does not.</exception>
    internal static void Check(OutputSpec output, int index, OutputTensor tensor)
    {
        var (width, field) = (tensor.Width, $"outputs[{index}]");
        var shape = $"[{string.Join(", ", tensor.UnitShape)}]";
        switch (output.Kind)
        {
            case OutputKind.Mask:
                var channels = tensor.UnitShape.Length < 2 ? 0 : tensor.UnitShape[..^2].Aggregate(1L, (product, extent) => product * extent);
                if (channels == 0) throw Mismatch($"{field}.kind: a Mask is [channels, height, width] a unit, '{output.Name}' is {shape}");
                if ((output.Mask?.Index ?? 0) >= channels)
                    throw Mismatch($"{field}.mask.index: {output.Mask!.Index}, but '{output.Name}' has {channels} channels");
                return;
            case OutputKind.Attribution:
                if (width != output.Labels.Count)
                    throw Mismatch($"{field}.labels: {output.Labels.Count} generators, but '{output.Name}' has {width} values a unit");
                return;
            case OutputKind.Segments:
                if (width % 3 != 0) throw Mismatch($"{field}.kind: Segments are rows of start, end and score, '{output.Name}' is {shape} a unit");
                return;
            case OutputKind.PerFrame or OutputKind.Text:
                return;
            default:
                if (output.Polarity is not null) Score(output, width, field);
                return;
        }
    }

    private static void Score(OutputSpec output, int width, string field)
    {
        var single = output.Kind is OutputKind.SigmoidLogit or OutputKind.Probability or OutputKind.Distance;
        if (width > LargestScore) throw Mismatch($"{field}: '{output.Name}' has {width} values a unit, which is no score");
        if (output.Polarity!.FakeIndex >= width)
            throw Mismatch($"{field}.polarity.fakeIndex: {output.Polarity.FakeIndex}, but '{output.Name}' has {width} values");
        if (output.Polarity.FakeIndex is not null && output.Labels.Count > 0 && output.Labels.Count != width)
            throw Mismatch($"{field}.labels: {output.Labels.Count} names, but '{output.Name}' has {width} values a unit; name each, or none");
        if (single && output.Polarity.FakeIndex is null && width != 1)
            throw Mismatch($"{field}.kind: {output.Kind} with highIsFake is one value, '{output.Name}' has {width}; give polarity.fakeIndex");
        if (!single && width < 2) throw Mismatch($"{field}.kind: {output.Kind} wants a value a class, '{output.Name}' has one");
    }

    private static DetectorException Mismatch(string message) => new("ModelMismatch", message);
}
