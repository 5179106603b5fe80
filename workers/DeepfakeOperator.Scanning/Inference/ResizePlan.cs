using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>How pictures of one size become the input; made once and used for all pictures of that size that follow.</summary>
internal sealed class ResizePlan
{
    internal ResizePlan(int width, int height, ImageSpec image)
    {
        (SourceWidth, SourceHeight) = (width, height);
        var resized = Resized(width, height, image);
        X = AxisPlan.Make(width, resized.Width, Offset(resized.Width, image.Width), image.Width, image);
        Y = AxisPlan.Make(height, resized.Height, Offset(resized.Height, image.Height), image.Height, image);
        IsCopy = resized == (width, height);
        var from = Math.Clamp(-Offset(resized.Width, image.Width), 0, image.Width);
        Straight = (from, Math.Min(image.Width, from + Math.Min(resized.Width, image.Width)));
    }

    internal int SourceWidth { get; }

    internal int SourceHeight { get; }

    internal AxisPlan X { get; }

    internal AxisPlan Y { get; }

    /// <summary>True where no pixel is made of several.</summary>
    internal bool IsCopy { get; }

    /// <summary>Columns of the input whose source pixels lie side by side, where <see cref="IsCopy"/>.</summary>
    internal (int From, int To) Straight { get; }

    /// <summary>
    /// Size after resizing. The free side is cut off to whole pixels, as torchvision's Resize and the DFDC winner's isotropically_resize_image do.
    /// </summary>
    internal static (int Width, int Height) Resized(int width, int height, ImageSpec image)
    {
        var longer = Math.Max(image.Width, image.Height);
        return image.Resize switch
        {
            ResizeMode.None => (width, height),
            ResizeMode.Stretch => (image.Width, image.Height),
            ResizeMode.ShortSide => Scale(width, height, Math.Min(width, height), image.ResizeTo > 0 ? image.ResizeTo : Math.Min(image.Width, image.Height)),
            ResizeMode.LongSide => Scale(width, height, Math.Max(width, height), image.ResizeTo > 0 ? image.ResizeTo : longer),
            ResizeMode.IsotropicPad => Scale(width, height, Math.Max(width, height), longer),
            _ => throw new ArgumentOutOfRangeException(nameof(image), image.Resize, "not a resize mode"),
        };
    }

    private static (int Width, int Height) Scale(int width, int height, int side, int target) =>
        (Math.Max(1, (int)((long)width * target / side)), Math.Max(1, (int)((long)height * target / side)));

    /// <summary>Where a centred window begins; rounded down, so an odd pixel is left over on the right and at the bottom.</summary>
    private static int Offset(int resized, int window) => (int)Math.Floor((resized - window) / 2d);
}
