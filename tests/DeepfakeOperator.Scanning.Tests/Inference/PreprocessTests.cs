using System.Runtime.InteropServices;
using CsCheck;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Tests.Inference;

public sealed class PreprocessTests
{
    private static readonly Gen<ImageSpec> Specs = Gen.Select(
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Enum<ResizeMode>(), Gen.Int[0, 60]),
        Gen.Select(Gen.Enum<Interpolation>(), Gen.Bool, Gen.Enum<PadMode>(), Gen.Int[0, 255], Gen.Enum<ColourOrder>()),
        (size, rest) => new ImageSpec
        {
            Width = size.Item1,
            Height = size.Item2,
            Resize = size.Item3,
            ResizeTo = size.Item4,
            Crop = CropMode.Centre,
            Interpolation = rest.Item1,
            Antialias = rest.Item2,
            Pad = rest.Item3,
            PadValue = rest.Item4,
            Colour = rest.Item5,
            Scale = 1 / 255d,
            Mean = [0.485, 0.456, 0.406],
            Std = [0.229, 0.224, 0.225],
        });

    [Fact]
    public void Vectors_and_a_plain_loop_agree() =>
        Gen.Select(Specs, Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[3, 4], Gen.Enum<TensorLayout>(), Gen.Bool, Gen.Int)
            .Where(sample => sample.Item5 is TensorLayout.NCHW or TensorLayout.NHWC)
            .Sample((spec, width, height, bytesPerPixel, layout, bytes, seed) =>
            {
                if (spec.Colour == ColourOrder.Gray) spec = spec with { Mean = [0.5], Std = [0.25] };
                using var image = Noise(width, height, bytesPerPixel, seed);
                var preprocess = new Preprocess(spec, layout, bytes ? TensorType.UInt8 : TensorType.Float32);
                var slot = new byte[preprocess.SlotBytes];
                preprocess.Write(image, slot);
                var expected = ScalarPreprocess.Run(image, spec, layout);
                for (var i = 0; i < expected.Length; i++)
                {
                    // Sums in another order may round to the neighbouring byte.
                    var actual = bytes ? slot[i] : MemoryMarshal.Cast<byte, float>(slot)[i];
                    var (scale, bias) = bytes ? (1, 0) : ScalarPreprocess.Affine(spec, layout, i);
                    if (Math.Abs(actual - ((expected[i] * scale) + bias)) > (1.001 * scale) + 1e-5) return false;
                }
                return true;
            }, iter: 400);

    [Fact]
    public void Copies_are_exact()
    {
        using var image = Noise(50, 30, 4, 3);
        var spec = new ImageSpec { Width = 20, Height = 40, Resize = ResizeMode.None, Crop = CropMode.Centre, Pad = PadMode.Mirror };
        var preprocess = new Preprocess(spec, TensorLayout.NHWC, TensorType.UInt8);
        var slot = new byte[preprocess.SlotBytes];
        preprocess.Write(image, slot);
        Assert.Equal(ScalarPreprocess.Run(image, spec, TensorLayout.NHWC).Select(value => (byte)value), slot);
        // Row 0 of the input mirrors row 5 of the picture: 5 rows of padding above row 0.
        Assert.Equal(image.Row(5).Slice(15 * 4, 3), slot.AsSpan(0, 3));
    }

    [Fact]
    public void Resizing_matches_Pillow_and_PyTorch_on_a_known_row()
    {
        byte[] row = [0, 10, 20, 40, 80, 160, 240, 250];
        // What Pillow 9.4 printed for Image.resize((4, 1), BILINEAR, BICUBIC and BOX).
        Assert.Equal([7, 34, 125, 233], Row(row, 4, Interpolation.Bilinear, antialias: true));
        Assert.Equal([5, 27, 125, 243], Row(row, 4, Interpolation.Bicubic, antialias: true));
        Assert.Equal([5, 30, 120, 245], Row(row, 4, Interpolation.Area, antialias: false));
        // What PyTorch 1.13 printed for interpolate(size=(1, 3)): bilinear 8.33 60.00 241.67, bicubic 7.70 54.38 248.38.
        Assert.Equal([8, 60, 242], Row(row, 3, Interpolation.Bilinear, antialias: false));
        Assert.Equal([8, 54, 248], Row(row, 3, Interpolation.Bicubic, antialias: false));
        Assert.Equal([0, 25, 75, 100], Row([0, 100], 4, Interpolation.Bilinear, antialias: false));
        Assert.Equal([0, 20, 80, 240], Row(row, 4, Interpolation.Nearest, antialias: false));
    }

    [Fact]
    public void Shrinking_is_only_left_to_the_decoder_where_the_filter_widens()
    {
        (int, int)? Needed(ResizeMode resize, bool antialias) =>
            new Preprocess(new ImageSpec { Width = 100, Height = 100, Resize = resize, Antialias = antialias, Crop = CropMode.Centre }, TensorLayout.NHWC, TensorType.UInt8)
                .Needed(1000, 500);

        Assert.Null(Needed(ResizeMode.None, true));
        Assert.Null(Needed(ResizeMode.Stretch, false));
        Assert.Equal((200, 200), Needed(ResizeMode.Stretch, true));
        Assert.Equal((400, 200), Needed(ResizeMode.ShortSide, true));
        Assert.Equal((200, 100), Needed(ResizeMode.LongSide, true));
    }

    private static int[] Row(byte[] row, int width, Interpolation interpolation, bool antialias)
    {
        using var image = new PixelBuffer(row.Length, 1, 3);
        for (var i = 0; i < row.Length; i++) image.Pixels.Slice(3 * i, 3).Fill(row[i]);
        var spec = new ImageSpec { Width = width, Height = 1, Resize = ResizeMode.Stretch, Interpolation = interpolation, Antialias = antialias };
        var preprocess = new Preprocess(spec, TensorLayout.NCHW, TensorType.UInt8);
        var slot = new byte[preprocess.SlotBytes];
        preprocess.Write(image, slot);
        return [.. slot.Take(width)];
    }

    private static PixelBuffer Noise(int width, int height, int bytesPerPixel, int seed)
    {
        var image = new PixelBuffer(width, height, bytesPerPixel);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }
}
