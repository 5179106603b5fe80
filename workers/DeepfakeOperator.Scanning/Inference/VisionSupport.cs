using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>What stands in the way of a detector that looks at pictures.</summary>
internal static class VisionSupport
{
    /// <summary>Each problem names its field; empty: it can run.</summary>
    internal static IEnumerable<string> Problems(DetectorSpec spec) => spec.Modality is Modality.Image or Modality.Face or Modality.Clip or Modality.FaceClip
        ? [.. Shape(spec), .. Image(spec), .. Face(spec), .. Video(spec), .. Rest(spec)]
        : [$"modality: {spec.Modality} is not supported by this version of the worker"];

    private static bool IsClip(DetectorSpec spec) => spec.Modality is Modality.Clip or Modality.FaceClip;

    private static IEnumerable<string> Shape(DetectorSpec spec)
    {
        if (spec.Inputs.Count != 1)
        {
            yield return $"inputs: a detector of modality {spec.Modality} has exactly one, not {spec.Inputs.Count}";
            yield break;
        }
        var input = spec.Inputs[0];
        TensorLayout[] layouts = IsClip(spec) ? [TensorLayout.NCTHW, TensorLayout.NTCHW] : [TensorLayout.NCHW, TensorLayout.NHWC];
        if (!layouts.Contains(input.Layout)) yield return $"inputs[0].layout: {input.Layout} is not of modality {spec.Modality}; {string.Join(" or ", layouts)}";
        if (input.Type is not (TensorType.Float32 or TensorType.UInt8)) yield return $"inputs[0].type: {input.Type} is not supported; Float32 or UInt8";
        if (input.Type == TensorType.UInt8 && (spec.Image.Scale != 1 || spec.Image.Mean.Count > 0 || spec.Image.Std.Count > 0))
            yield return "image.scale, image.mean, image.std: without effect on a UInt8 input, whose normalisation is in the graph; remove them";
    }

    private static IEnumerable<string> Image(DetectorSpec spec)
    {
        var image = spec.Image;
        var channels = image.Colour == ColourOrder.Gray ? 1 : 3;
        if (image.Width <= 0 || image.Height <= 0)
        {
            yield return "image.width, image.height: required; inputs of free size are not supported";
            yield break;
        }
        if (image.Width > 4096 || image.Height > 4096) yield return "image.width, image.height: at most 4096";
        if (image.Crop == CropMode.None && image.Resize is ResizeMode.None or ResizeMode.ShortSide or ResizeMode.LongSide && !IsAligned(spec))
            yield return $"image.crop: None with image.resize {image.Resize} gives pictures of any size, the input has one; use Centre";
        if (image.PadValue is < 0 or > 255) yield return "image.padValue: 0 to 255";
        if (image.Mean.Count is not (0 or 1) && image.Mean.Count != channels) yield return $"image.mean: {channels} values, one a channel";
        if (image.Std.Count is not (0 or 1) && image.Std.Count != channels) yield return $"image.std: {channels} values, one a channel";
        if (image.Std.Any(value => value == 0)) yield return "image.std: 0 cannot be divided by";
        if (image.Interpolation == Interpolation.FfmpegBilinear && (spec.Modality is not (Modality.Image or Modality.Clip) || spec.Video.EdgeTrim > 0))
            yield return "image.interpolation: FfmpegBilinear scales whole pictures; it cannot scale crops of faces, or with video.edgeTrim";
        if (spec.Inputs.Count != 1) yield break;
        var (input, length) = (spec.Inputs[0], spec.Video.ClipLength);
        int[] expected = input.Layout switch
        {
            TensorLayout.NHWC => [-1, image.Height, image.Width, channels],
            TensorLayout.NCTHW => [-1, channels, length, image.Height, image.Width],
            TensorLayout.NTCHW => [-1, length, channels, image.Height, image.Width],
            _ => [-1, channels, image.Height, image.Width],
        };
        var agrees = input.Shape.Count == expected.Length
            && Enumerable.Range(1, expected.Length - 1).All(axis => input.Shape[axis] == -1 || input.Shape[axis] == expected[axis]);
        if (!agrees && input.Shape.Count > 0)
            yield return $"inputs[0].shape: [{string.Join(", ", input.Shape)}] does not agree with image and layout, which make [{string.Join(", ", expected)}]";
    }

    /// <summary>True where the crop of a face has the input's size already.</summary>
    private static bool IsAligned(DetectorSpec spec) => spec.Face is { Alignment: FaceAlignment.Similarity5 };

    private static IEnumerable<string> Face(DetectorSpec spec)
    {
        if (spec.Role == DetectorRole.FaceDetector)
        {
            if (spec.Boxes is not { Levels.Count: > 0 }) yield return "boxes: required for role FaceDetector, with at least one level";
            if (spec.Image.Crop == CropMode.TenCrop || spec.Augmentation.Flip || spec.Augmentation.Scales.Count > 0)
                yield return "image.crop, augmentation: a face detector looks at each picture once";
            if (spec.Face is not null) yield return "face: without effect on role FaceDetector; remove it";
            yield break;
        }
        if (spec.Boxes is not null) yield return "boxes: for role FaceDetector only; remove it";
        var (needs, gated) = (spec.Modality is Modality.Face or Modality.FaceClip, Gates.NeedFaces(spec.Gates));
        if (spec.Face is null)
        {
            if (needs) yield return $"face: required for modality {spec.Modality}";
            if (gated) yield return "gates.minFaces, gates.maxFaces, gates.minFaceSide: need face.detector, which finds the faces";
            yield break;
        }
        if (!needs && !gated) yield return $"face: without effect on modality {spec.Modality} without gates on faces; remove it";
        if (needs && spec.Video.EdgeTrim > 0) yield return "video.edgeTrim: without effect on faces; remove it";
        if (spec.Face.Box == FaceBox.Margin && spec.Face.Margin.Count != 2) yield return "face.margin: two values, horizontal and vertical";
        if (spec.Face.MaxFaces > 1 && spec.Face.Selection != FaceSelection.All) yield return "face.maxFaces: more than one needs face.selection All";
    }

    private static IEnumerable<string> Video(DetectorSpec spec)
    {
        var video = spec.Video;
        if (IsClip(spec) ? video.ClipLength < 2 : video.ClipLength != 1)
            yield return IsClip(spec) ? "video.clipLength: 2 or more" : $"video.clipLength: modality {spec.Modality} looks at single frames; Clip and FaceClip at clips";
        if (video.ClipStride < 1) yield return "video.clipStride: 1 or more";
        if (video.Unit == VideoUnit.FaceTrack && spec.Modality is not (Modality.Face or Modality.FaceClip))
            yield return "video.unit: FaceTrack is of modality Face and FaceClip";
        if ((video.Sampling == FrameSampling.Fps) != (video.Fps > 0)) yield return "video.fps: above 0 with sampling Fps, and only then";
        if (video.Stride < 1) yield return "video.stride: 1 or more";
        if (video.EdgeTrim is < 0 or > 0.49) yield return "video.edgeTrim: 0 to 0.49";
    }

    private static IEnumerable<string> Rest(DetectorSpec spec)
    {
        if (spec.Augmentation.Scales.Any(scale => !(scale > 0))) yield return "augmentation.scales: above 0";
        if (spec.Augmentation.Flip && spec.Image.Crop == CropMode.TenCrop) yield return "augmentation.flip: TenCrop has the mirror images already; remove it";
        if (spec.Audio is not null) yield return $"audio: without effect on modality {spec.Modality}; remove it";
        if (spec.Remote is not null) yield return $"remote: without effect on modality {spec.Modality}; remove it";
    }
}
