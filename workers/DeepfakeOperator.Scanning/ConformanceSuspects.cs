using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Audio;

namespace DeepfakeOperator.Scanning;

/// <summary>What is most often wrong in a descriptor, one change at a time.</summary>
internal static class ConformanceSuspects
{
    /// <summary>Descriptors with one field changed, and what to say should that one reproduce the outputs.</summary>
    internal static IEnumerable<(string Hint, DetectorSpec Spec)> Of(DetectorSpec spec) =>
        Image(spec).Select(suspect => (suspect.Hint, spec with { Image = suspect.Image }))
            .Concat(AudioSuspects.Of(spec.Audio).Select(suspect => (suspect.Hint, spec with { Audio = suspect.Audio })));

    /// <summary>The same for outputs that agree while P(fake) does not.</summary>
    internal static IEnumerable<(string Hint, DetectorSpec Spec)> OfScore(DetectorSpec spec)
    {
        for (var i = 0; i < spec.Outputs.Count; i++)
        {
            foreach (var (hint, output) in Meanings(spec.Outputs[i], i))
                yield return (hint, spec with { Outputs = [.. spec.Outputs.Take(i), output, .. spec.Outputs.Skip(i + 1)] });
        }
    }

    private static IEnumerable<(string Hint, OutputSpec Output)> Meanings(OutputSpec output, int index)
    {
        if (output.Polarity?.HighIsFake is { } high)
        {
            yield return ($"outputs[{index}].polarity is likely wrong: with highIsFake {(high ? "false" : "true")} it agrees",
                output with { Polarity = new PolaritySpec { HighIsFake = !high } });
        }
        if (output.Polarity?.FakeIndex is { } fake)
        {
            for (var other = 0; other < Math.Max(2, output.Labels.Count); other++)
            {
                if (other == fake) continue;
                yield return ($"outputs[{index}].polarity is likely wrong: with fakeIndex {other} it agrees", output with { Polarity = new PolaritySpec { FakeIndex = other } });
            }
        }
        foreach (var kind in new[] { OutputKind.SigmoidLogit, OutputKind.Probability, OutputKind.SoftmaxLogits, OutputKind.ClassScores })
        {
            if (output.Polarity is not null && kind != output.Kind)
                yield return ($"outputs[{index}].kind is likely wrong: with {kind} it agrees", output with { Kind = kind });
        }
    }

    private static IEnumerable<(string Hint, ImageSpec Image)> Image(DetectorSpec spec)
    {
        if (spec.Modality is Modality.Audio or Modality.Remote) yield break;
        var image = spec.Image;
        if (image.Colour != ColourOrder.Gray)
        {
            var other = image.Colour == ColourOrder.RGB ? ColourOrder.BGR : ColourOrder.RGB;
            yield return ($"with image.colour {other} they agree", image with { Colour = other });
        }
        if (image.Resize != ResizeMode.None)
        {
            yield return ($"with image.antialias {(image.Antialias ? "false" : "true")} they agree", image with { Antialias = !image.Antialias });
            foreach (var interpolation in Enum.GetValues<Interpolation>())
                yield return ($"with image.interpolation {interpolation} they agree", image with { Interpolation = interpolation });
        }
        if (spec.Inputs[0].Type != TensorType.Float32) yield break;
        yield return ("with image.scale 0.00392156862745098 (1/255) they agree", image with { Scale = 1 / 255d });
        yield return ("with image.scale 1 they agree", image with { Scale = 1 });
        yield return ("without image.mean and image.std they agree", image with { Mean = [], Std = [] });
    }
}
