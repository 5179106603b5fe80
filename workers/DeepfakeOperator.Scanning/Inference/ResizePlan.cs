using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>How pictures of one size become the input; made once and used for all pictures of that size that follow.</summary>
internal sealed class ResizePlan
{
    private readonly double _scaleX, _scaleY;
    private readonly int _offsetX, _offsetY, _left, _top;
    private readonly bool _flip;

    internal ResizePlan(int width, int height, ImageSpec image) : this(width, height, image, new View(1), 0)
    {
    }

    /// <param name="width">Pixels across of the picture.</param>
    /// <param name="height">Pixels down of the picture.</param>
    /// <param name="image">What the descriptor says.</param>
    /// <param name="view">How it is looked at.</param>
    /// <param name="edgeTrim">Share of the long side that is cut off at each end before anything else.</param>
    internal ResizePlan(int width, int height, ImageSpec image, View view, double edgeTrim)
    {
        (SourceWidth, SourceHeight) = (width, height);
        var (trimX, trimY) = (width >= height ? (int)(width * edgeTrim) : 0, height > width ? (int)(height * edgeTrim) : 0);
        var (wide, high) = (width - (2 * trimX), height - (2 * trimY));
        var resized = Resized(wide, high, image);
        if (view.Scale != 1) resized = (Scaled(resized.Width, view.Scale), Scaled(resized.Height, view.Scale));
        (_offsetX, _offsetY) = (Offset(resized.Width, image.Width, view.X), Offset(resized.Height, image.Height, view.Y));
        (_scaleX, _scaleY, _left, _top, _flip) = ((double)wide / resized.Width, (double)high / resized.Height, trimX, trimY, view.Flip);
        X = AxisPlan.Make(wide, resized.Width, _offsetX, image.Width, image, trimX, view.Flip);
        Y = AxisPlan.Make(high, resized.Height, _offsetY, image.Height, image, trimY, reverse: false);
        IsCopy = resized == (wide, high);
        if (view.Flip) return;
        var from = Math.Clamp(-_offsetX, 0, image.Width);
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

    /// <summary>Where a point of the input lies in the picture.</summary>
    internal (double X, double Y) ToPicture(double x, double y) =>
        (_left + (((_flip ? X.Starts.Length - x : x) + _offsetX) * _scaleX), _top + ((y + _offsetY) * _scaleY));

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

    private static int Scaled(int size, double scale) => Math.Max(1, (int)Math.Round(size * scale));

    /// <summary>Where the window begins; a centred one is rounded down, so an odd pixel is left over on the right and at the bottom.</summary>
    private static int Offset(int resized, int window, int place) => resized <= window || place == 0
        ? (int)Math.Floor((resized - window) / 2d)
        : place < 0 ? 0 : resized - window;
}
