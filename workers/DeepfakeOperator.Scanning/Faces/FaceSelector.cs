using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Which faces of a frame a detector looks at.</summary>
internal static class FaceSelector
{
    /// <summary>The faces that count, from those found, which come largest first.</summary>
    internal static IReadOnlyList<Face> Select(IReadOnlyList<Face> faces, FaceSpec spec, GatesSpec gates)
    {
        var counted = faces.Where(face => face.Score >= spec.MinScore && Side(face) >= gates.MinFaceSide).ToArray();
        return spec.Selection switch
        {
            FaceSelection.Largest => counted.Take(1).ToArray(),
            FaceSelection.Best => counted.OrderByDescending(face => face.Score).Take(1).ToArray(),
            FaceSelection.All => counted.Take(spec.MaxFaces).ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Selection, "not a selection"),
        };
    }

    /// <summary>True where at least one face is as large as the descriptor's gate asks.</summary>
    internal static bool LargeEnough(IReadOnlyList<Face> faces, DetectorSpec spec) =>
        faces.Any(face => face.Score >= spec.Face!.MinScore && Side(face) >= spec.Gates.MinFaceSide);

    private static double Side(Face face) => Math.Min(face.Box.Width, face.Box.Height);
}
