using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Inference;

/// <summary>Test-time augmentation and trimming, seen in what the tensor holds and in what a scan says.</summary>
public sealed class ViewTests
{
    [Fact]
    public void Ten_crops_are_the_corners_and_the_middle_and_their_mirror_images()
    {
        var image = new ImageSpec { Width = 2, Height = 1, Resize = ResizeMode.None, Crop = CropMode.TenCrop };
        byte[][] rows = [.. Rows(image, new AugmentationSpec(), 0, [0, 10, 20, 30, 40, 50])];
        Assert.Equal(10, rows.Length);
        Assert.Equal([20, 30], rows[0]);
        Assert.Equal([0, 10], rows[1]);
        Assert.Equal([40, 50], rows[2]);
        Assert.Equal([30, 20], rows[5]);
        Assert.Equal([10, 0], rows[6]);
    }

    [Fact]
    public void Mirror_images_scales_and_trimmed_edges()
    {
        var image = new ImageSpec { Width = 4, Height = 1, Interpolation = Interpolation.Nearest };
        byte[] row = [0, 10, 20, 30, 40, 50, 60, 70];
        byte[][] rows = [.. Rows(image, new AugmentationSpec { Flip = true, Scales = [1, 2] }, 0, row)];
        Assert.Equal(4, rows.Length);
        Assert.Equal([0, 20, 40, 60], rows[0]);
        Assert.Equal([60, 40, 20, 0], rows[1]);
        Assert.Equal([20, 30, 40, 50], rows[2]);
        Assert.Equal([50, 40, 30, 20], rows[3]);
        // A quarter off each end of the long side.
        Assert.Equal([20, 30, 40, 50], Rows(image, new AugmentationSpec(), 0.25, row).Single());
    }

    [Fact]
    public void A_point_of_the_input_is_found_again_in_the_picture()
    {
        var plan = new ResizePlan(200, 100, new ImageSpec { Width = 50, Height = 50, Resize = ResizeMode.IsotropicPad });
        // 200 × 100 becomes 50 × 25 below 12 rows of padding (12.5 rounded down is a crop that begins at −13).
        Assert.Equal((0, 0), plan.ToPicture(0, 13));
        Assert.Equal((100, 48), plan.ToPicture(25, 25));
    }

    [Theory]
    [InlineData(AugmentationCombine.Mean, 0.5)]
    [InlineData(AugmentationCombine.Max, 1)]
    public async Task Variants_become_one_unit(AugmentationCombine combine, double score)
    {
        await using var scan = new TestScan();
        // Its first score is the pixel right of the middle, which is left of it in the mirror.
        var first = TestScan.Spec("painted_faces", TestScan.MeanPlanes.Inputs[0],
            new OutputSpec { Name = "scores", Kind = OutputKind.Probability, Polarity = new PolaritySpec { FakeIndex = 0 } });
        await scan.StartAsync(scan.Configuration(first with
        {
            Image = new ImageSpec { Width = 8, Height = 8, Scale = 1 / 255d, Crop = CropMode.Centre, Resize = ResizeMode.None },
            Augmentation = new AugmentationSpec { Flip = true, Combine = combine },
        }));
        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Encode(8, 8, SKEncodedImageFormat.Png, (x, _) => x < 4 ? SKColors.Black : SKColors.White)));
        Assert.Equal(score, verdict.Detectors[0].Units.Single().Score, 6);
        Assert.Equal(score, verdict.Score!.Value, 6);
    }

    private static IEnumerable<byte[]> Rows(ImageSpec image, AugmentationSpec augmentation, double edgeTrim, byte[] row)
    {
        using var picture = new PixelBuffer(row.Length, 1, 3);
        for (var i = 0; i < row.Length; i++) picture.Pixels.Slice(3 * i, 3).Fill(row[i]);
        var preprocess = new Preprocess(image, TensorLayout.NCHW, TensorType.UInt8, View.Of(image, augmentation), edgeTrim);
        for (var view = 0; view < preprocess.Views.Count; view++)
        {
            var slot = new byte[preprocess.SlotBytes];
            preprocess.Write(picture, slot, view);
            yield return slot[..image.Width];
        }
    }
}
