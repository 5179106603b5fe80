namespace DeepfakeOperator.Api.Detectors;

/// <summary>How pixels become the input tensor, in this order: colour, resize, crop or pad, scale, mean, standard deviation.</summary>
public sealed record ImageSpec
{
    /// <summary>Order of the channels.</summary>
    public ColourOrder Colour { get; init; } = ColourOrder.RGB;

    /// <summary>Pixels across the input; 0: the size of the resized image.</summary>
    public int Width { get; init; }

    /// <summary>Pixels down the input; 0: the size of the resized image.</summary>
    public int Height { get; init; }

    /// <summary>How the image is brought to size.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Stretch;

    /// <summary>Side that ShortSide and LongSide bring to this many pixels; 0: the input's side.</summary>
    public int ResizeTo { get; init; }

    /// <summary>How pixels between pixels are made.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>True: widen the filter when shrinking (Pillow's way); false: sample the plain filter (OpenCV's and PyTorch's default).</summary>
    public bool Antialias { get; init; }

    /// <summary>What is cut out after resizing.</summary>
    public CropMode Crop { get; init; } = CropMode.None;

    /// <summary>How an image smaller than the crop is filled.</summary>
    public PadMode Pad { get; init; } = PadMode.Constant;

    /// <summary>Constant only: the value of the filled pixels, 0 to 255.</summary>
    public int PadValue { get; init; }

    /// <summary>Each value is multiplied by this first; 1 keeps 0..255, 0.00392156862745098 makes 0..1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Subtracted per channel after scaling; empty: 0.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Divided by per channel after that; empty: 1.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];
}
