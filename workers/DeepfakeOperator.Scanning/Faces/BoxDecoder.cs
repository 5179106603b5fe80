using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>From the raw outputs of a face detector to boxes in pixels of its input, the best first, no two over the same face.</summary>
internal sealed class BoxDecoder
{
    private readonly BoxesSpec _spec;
    private readonly int _width, _height;
    private readonly IReadOnlyList<Level> _levels;

    /// <exception cref="DetectorException">The outputs do not have the shapes that the descriptor's boxes need.</exception>
    internal BoxDecoder(DetectorSpec spec, IReadOnlyList<OutputTensor> outputs)
    {
        (_spec, _width, _height) = (spec.Boxes!, spec.Image.Width, spec.Image.Height);
        _levels = [.. _spec.Levels.Select((level, index) => Find(level, index, outputs))];
    }

    /// <summary>The outputs that boxes are made of.</summary>
    internal static IEnumerable<string> Names(BoxesSpec spec) =>
        spec.Levels.SelectMany(level => new[] { level.Score, level.Objectness, level.Box, level.Landmarks }).OfType<string>();

    /// <summary>Faces of one picture. <paramref name="values"/> are those of all outputs, one after the other.</summary>
    internal List<Face> Decode(ReadOnlySpan<float> values, double minScore)
    {
        var found = new List<Face>();
        foreach (var level in _levels) Read(level, values, minScore, found);
        return Suppress(found);
    }

    private void Read(Level level, ReadOnlySpan<float> values, double minScore, List<Face> found)
    {
        var scores = level.Score.Of(values);
        var objectness = level.Objectness is { } output ? output.Of(values) : default;
        var boxes = level.Box.Of(values);
        var landmarks = level.Landmarks is { } points ? points.Of(values) : default;
        var classes = scores.Length / level.Count;
        for (var i = 0; i < level.Count; i++)
        {
            double score = scores[(i * classes) + _spec.ScoreIndex];
            if (!objectness.IsEmpty) score = Math.Sqrt(Math.Clamp(score, 0, 1) * Math.Clamp(objectness[i], 0, 1));
            if (!(score >= minScore)) continue;
            var box = boxes.Slice(4 * i, 4);
            var marks = landmarks.IsEmpty ? landmarks : landmarks.Slice(10 * i, 10);
            found.Add(_spec.Format == BoxFormat.Grid ? Grid(level, i, score, box, marks) : Corners(score, box, marks));
        }
    }

    private static Face Grid(Level level, int index, double score, ReadOnlySpan<float> box, ReadOnlySpan<float> landmarks)
    {
        var (column, row, stride) = (index % level.Columns, index / level.Columns, level.Stride);
        var centre = new Point((column + box[0]) * stride, (row + box[1]) * stride);
        return new Face(
            Box.Around(centre, Math.Exp(box[2]) * stride, Math.Exp(box[3]) * stride), score,
            Points(landmarks, (x, y) => new Point((column + x) * stride, (row + y) * stride)));
    }

    private Face Corners(double score, ReadOnlySpan<float> box, ReadOnlySpan<float> landmarks)
    {
        var (x, y) = _spec.Relative ? (_width, _height) : (1, 1);
        return new Face(
            new Box(box[0] * x, box[1] * y, (box[2] - box[0]) * x, (box[3] - box[1]) * y), score, Points(landmarks, (left, top) => new Point(left * x, top * y)));
    }

    private static Point[]? Points(ReadOnlySpan<float> values, Func<double, double, Point> place)
    {
        if (values.IsEmpty) return null;
        var points = new Point[5];
        for (var i = 0; i < points.Length; i++) points[i] = place(values[2 * i], values[(2 * i) + 1]);
        return points;
    }

    /// <summary>Non-maximum suppression.</summary>
    private List<Face> Suppress(List<Face> found)
    {
        var kept = new List<Face>();
        foreach (var face in found.Where(face => face.Box is { Width: > 0, Height: > 0 }).OrderByDescending(face => face.Score))
        {
            if (!kept.Exists(better => better.Box.Overlap(face.Box) > _spec.Overlap)) kept.Add(face);
        }
        return kept;
    }

    private Level Find(BoxLevelSpec level, int index, IReadOnlyList<OutputTensor> outputs)
    {
        var columns = level.Stride > 0 ? (_width + level.Stride - 1) / level.Stride : 0;
        var box = Output(level.Box);
        var count = box.Width / 4;
        if (level.Stride > 0 && count != columns * ((_height + level.Stride - 1) / level.Stride))
        {
            throw Mismatch($"boxes.levels[{index}].stride: '{level.Box}' has {count} boxes, a stride of {level.Stride} over {_width}×{_height} pixels makes "
                + $"{columns * ((_height + level.Stride - 1) / level.Stride)}");
        }
        var score = Output(level.Score);
        if (score.Width % count != 0 || _spec.ScoreIndex >= score.Width / count)
            throw Mismatch($"boxes.scoreIndex: '{level.Score}' has {score.Width} values for {count} boxes, there is no value {_spec.ScoreIndex}");
        var objectness = level.Objectness is null ? null : Output(level.Objectness);
        if (objectness is not null && objectness.Width != count) throw Mismatch($"boxes.levels[{index}].objectness: '{level.Objectness}' has no value a box");
        var landmarks = level.Landmarks is null ? null : Output(level.Landmarks);
        if (landmarks is not null && landmarks.Width != 10 * count) throw Mismatch($"boxes.levels[{index}].landmarks: '{level.Landmarks}' has no five points a box");
        return new Level(level.Stride, columns, count, score, objectness, box, landmarks);

        OutputTensor Output(string name) => outputs.First(output => output.Name == name);
    }

    private static DetectorException Mismatch(string message) => new("ModelMismatch", message);

    private sealed record Level(int Stride, int Columns, int Count, OutputTensor Score, OutputTensor? Objectness, OutputTensor Box, OutputTensor? Landmarks);
}
