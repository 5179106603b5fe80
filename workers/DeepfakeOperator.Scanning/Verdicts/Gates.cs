using System.Globalization;
using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>When a detector does not apply to an item, or its score cannot be trusted.</summary>
internal static class Gates
{
    /// <summary>Why the detector does not apply, from what is known before decoding; null: it does.</summary>
    internal static string? NotApplicable(GatesSpec gates, int width, int height, double? duration)
    {
        if (Math.Min(width, height) < gates.MinSide) return Text($"the shorter side has {Math.Min(width, height)} pixels, gates.minSide is {gates.MinSide}");
        if (duration < gates.MinSeconds) return Text($"it lasts {duration:0.##} s, gates.minSeconds is {gates.MinSeconds}");
        return null;
    }

    /// <summary>Why the detector does not apply, from the faces that were found; null: it does, or asks for none.</summary>
    internal static string? NotApplicable(DetectorSpec spec, FaceCount? faces)
    {
        if (faces is null) return null;
        var wanted = spec.Modality is Modality.Face or Modality.FaceClip || spec.Gates.MinFaces > 0 || spec.Gates.MinFaceSide > 0;
        if (faces.Most == 0 && wanted)
        {
            return faces.TooSmall > 0
                ? Text($"no face is large enough: {faces.TooSmall} found, all smaller than spec.sampling.faces.minSize {faces.MinSize} (scan --min-face); lower it")
                : Text($"no face was found (face.detector {spec.Face!.Detector}, face.minScore {spec.Face.MinScore})");
        }
        if (!faces.LargeEnough && spec.Gates.MinFaceSide > 0) return Text($"no face has a shorter side of gates.minFaceSide {spec.Gates.MinFaceSide} pixels");
        if (faces.Most < spec.Gates.MinFaces) return Text($"it shows {faces.Most} faces, gates.minFaces is {spec.Gates.MinFaces}");
        if (spec.Gates.MaxFaces > 0 && faces.Most > spec.Gates.MaxFaces) return Text($"it shows {faces.Most} faces, gates.maxFaces is {spec.Gates.MaxFaces}");
        return null;
    }

    /// <summary>True where the gates need faces.</summary>
    internal static bool NeedFaces(GatesSpec gates) => gates.MinFaces > 0 || gates.MaxFaces > 0 || gates.MinFaceSide > 0;

    /// <summary>True where the gates need <see cref="Media.ImageQuality"/>, which costs a pass over the image.</summary>
    internal static bool NeedQuality(GatesSpec gates) => gates.MinSharpness > 0 || gates.MinBrightness > 0 || gates.MaxBrightness > 0;

    /// <summary>Why the score cannot be trusted; null: it can.</summary>
    internal static string? Untrusted(GatesSpec gates, double sharpness, double brightness)
    {
        if (gates.MinSharpness > 0 && sharpness < gates.MinSharpness) return Text($"sharpness {sharpness:0.#} is below gates.minSharpness {gates.MinSharpness}");
        if (gates.MinBrightness > 0 && brightness < gates.MinBrightness)
            return Text($"brightness {brightness:0.#} is below gates.minBrightness {gates.MinBrightness}");
        if (gates.MaxBrightness > 0 && brightness > gates.MaxBrightness)
            return Text($"brightness {brightness:0.#} is above gates.maxBrightness {gates.MaxBrightness}");
        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
