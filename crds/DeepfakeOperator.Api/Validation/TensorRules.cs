using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Api.Validation;

/// <summary>The rules of one entry of <c>inputs</c> or <c>outputs</c>.</summary>
internal static class TensorRules
{
    private static readonly Rule<InputSpec>[] Input =
    [
        new("shape", "shape has one extent for each axis of layout",
            input => input.State is not null || input.Shape.Count == 0 || input.Shape.Count == AxesOf(input.Layout)),
        new("state", "a state has a shape, -1 for the batch axis", input => input.State is null || input.Shape.Count > 0),
        new("value", "an input has a value or a state, not both", input => input.Value is null || input.State is null),
    ];

    private static readonly Rule<OutputSpec>[] Output =
    [
        new("polarity", "an output of this kind gives no score, so it has no polarity",
            output => output.Polarity is null || output.Kind is not (OutputKind.Mask or OutputKind.Attribution or OutputKind.Text)),
        new("polarity", "an output with classes says fakeIndex, the class that means fake",
            output => output.Polarity is null || output.Kind is not (OutputKind.SoftmaxLogits or OutputKind.ClassScores)
                || output.Polarity.FakeIndex is not null),
        new("polarity", "an output with single values says highIsFake",
            output => output.Polarity is null || output.Kind is not (OutputKind.PerFrame or OutputKind.Segments or OutputKind.Distance)
                || output.Polarity.HighIsFake is not null),
        new("polarity", "fakeIndex is not among the labels",
            output => output.Polarity?.FakeIndex is null || output.Labels.Count == 0 || output.Polarity.FakeIndex < output.Labels.Count),
        new("polarity", "exactly one of fakeIndex and highIsFake",
            output => output.Polarity is null || (output.Polarity.FakeIndex is null) != (output.Polarity.HighIsFake is null)),
        new("mask", "mask belongs to kind Mask", output => output.Mask is null || output.Kind == OutputKind.Mask),
        new("attribution", "attribution belongs to kind Attribution", output => output.Attribution is null || output.Kind == OutputKind.Attribution),
        new("text", "text is required for kind Text, and only there", output => (output.Text is not null) == (output.Kind == OutputKind.Text)),
        new("labels", "an Attribution needs labels, the names of the generators",
            output => output.Kind != OutputKind.Attribution || output.Labels.Count > 0),
    ];

    public static IEnumerable<string> Violations(InputSpec input, string path) => Rule<InputSpec>.Violations(Input, path, input);

    public static IEnumerable<string> Violations(OutputSpec output, string path) => Rule<OutputSpec>.Violations(Output, path, output);

    private static int AxesOf(TensorLayout layout) => layout switch
    {
        TensorLayout.NT => 2,
        TensorLayout.N1T or TensorLayout.NFT or TensorLayout.NTF => 3,
        TensorLayout.NCHW or TensorLayout.NHWC => 4,
        _ => 5,
    };
}
