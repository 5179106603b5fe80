using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning;

/// <summary>The faces of a golden picture, as a face detector's descriptor makes them of its raw outputs, held against those that it expects.</summary>
internal static class GoldenFaces
{
    /// <summary>
    /// All faces from this score on are to be listed. It lies below what a score without objectness gives the background (0.5), so that shows as faces.
    /// </summary>
    private const double ListedFrom = 0.4;

    private const string Score = "the objectness or score of boxes.levels, or boxes.scoreIndex,";

    private const string Every = "the score, objectness, box or stride of boxes.levels, boxes.scoreIndex or boxes.format";

    /// <summary>The same descriptor with every tensor that boxes are made of among its outputs, after its own.</summary>
    internal static DetectorSpec WithTensors(DetectorSpec spec) => spec.Boxes is null ? spec : spec with
    {
        Outputs =
        [
            .. spec.Outputs,
            .. BoxDecoder.Names(spec.Boxes).Distinct().Except(spec.Outputs.Select(output => output.Name)).Select(name => new OutputSpec { Name = name }),
        ],
    };

    /// <summary>What differs and which field is the likely cause; null: nothing.</summary>
    internal static string? Difference(DetectorSpec spec, IReadOnlyList<float[]> values, int width, int height)
    {
        var conformance = spec.Conformance!;
        var left = Find(spec, values, width, height);
        var tooMany = left.Count(face => face.Score >= ListedFrom) > conformance.Boxes.Count;
        for (var i = 0; i < conformance.Boxes.Count; i++)
        {
            var expected = conformance.Boxes[i];
            if (expected.Box.Count != 4) return $"conformance.boxes[{i}].box: four values, left, top, width and height";
            var wanted = new Box(expected.Box[0], expected.Box[1], expected.Box[2], expected.Box[3]);
            if (left.MinBy(face => Distance(face.Box, wanted)) is not { } nearest)
                return Text($"conformance.boxes[{i}]: that face was not found; {Every} is likely wrong");
            if (!(Distance(nearest.Box, wanted) <= conformance.BoxTolerance))
            {
                var moved = nearest.Box.Overlap(wanted) > 0 || Math.Abs(nearest.Score - expected.Score) <= DetectorConformance.ScoreTolerance;
                return Text($"conformance.boxes[{i}]: the nearest face is {Show(nearest)} (boxTolerance {conformance.BoxTolerance}); ")
                    + $"{(tooMany ? Score : moved ? "boxes.format, boxes.relative or the box or stride of boxes.levels" : Every)} is likely wrong";
            }
            if (!(Math.Abs(nearest.Score - expected.Score) <= DetectorConformance.ScoreTolerance))
            {
                return Text($"conformance.boxes[{i}].score: the face's score is {nearest.Score:0.####}, not {expected.Score:0.####}; {Score} is likely wrong");
            }
            left.Remove(nearest);
        }
        return left.FirstOrDefault(face => face.Score >= ListedFrom) is { } stray
            ? $"conformance.boxes: {left.Count(face => face.Score >= ListedFrom)} more were found, the first is {Show(stray)}; "
                + $"{Score} or boxes.overlap is likely wrong"
            : null;
    }

    /// <summary>The faces that were found, as they are written under <c>conformance.boxes</c>.</summary>
    internal static string Found(DetectorSpec spec, IReadOnlyList<float[]> values, int width, int height) =>
        $"[{string.Join(", ", Find(spec, values, width, height).Where(face => face.Score >= ListedFrom).Take(16).Select(Show))}]";

    /// <summary>Best first, in pixels of the picture.</summary>
    private static List<Face> Find(DetectorSpec spec, IReadOnlyList<float[]> values, int width, int height)
    {
        var tensors = new List<OutputTensor>();
        foreach (var (output, part) in WithTensors(spec).Outputs.Zip(values))
            tensors.Add(new OutputTensor(output.Name, [part.Length], tensors.Count == 0 ? 0 : tensors[^1].Start + tensors[^1].Width));
        var lowest = spec.Conformance!.Boxes.Select(face => face.Score - DetectorConformance.ScoreTolerance).Append(ListedFrom).Min();
        var plan = new ImageUnits(spec).Preprocess.Plan(width, height);
        float[] all = [.. values.SelectMany(part => part)];
        return [.. new BoxDecoder(spec, tensors).Decode(all, lowest).Select(face => face.ToPicture(plan))];
    }

    /// <summary>How far the side lies that lies furthest.</summary>
    private static double Distance(Box a, Box b) => new[]
    {
        a.Left - b.Left, a.Top - b.Top, a.Left + a.Width - b.Left - b.Width, a.Top + a.Height - b.Top - b.Height,
    }.Max(Math.Abs);

    private static string Show(Face face) =>
        Text($"{{box: [{face.Box.Left:0.##}, {face.Box.Top:0.##}, {face.Box.Width:0.##}, {face.Box.Height:0.##}], score: {face.Score:0.####}}}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
