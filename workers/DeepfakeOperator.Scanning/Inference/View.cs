using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>One of the ways a picture is looked at: test-time augmentation.</summary>
/// <param name="Scale">Of the resized picture, before the window is cut out of it.</param>
/// <param name="X">Where the window lies: -1 left, 0 middle, 1 right.</param>
/// <param name="Y">Where the window lies: -1 top, 0 middle, 1 bottom.</param>
/// <param name="Flip">The mirror image.</param>
internal readonly record struct View(double Scale, int X = 0, int Y = 0, bool Flip = false)
{
    /// <summary>All of a descriptor, the plain one first.</summary>
    internal static IReadOnlyList<View> Of(ImageSpec image, AugmentationSpec augmentation)
    {
        var places = image.Crop == CropMode.TenCrop ? [(0, 0), (-1, -1), (1, -1), (-1, 1), (1, 1)] : new[] { (X: 0, Y: 0) };
        bool[] flips = image.Crop == CropMode.TenCrop || augmentation.Flip ? [false, true] : [false];
        double[] scales = [1, .. augmentation.Scales.Where(scale => scale != 1)];
        return [.. scales.SelectMany(scale => flips.SelectMany(flip => places.Select(place => new View(scale, place.X, place.Y, flip))))];
    }
}
