using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Tests.Faces;

public sealed class SimilarityTests
{
    private static readonly Point[] Landmarks = [new(120, 95), new(180, 110), new(150, 140), new(118, 165), new(160, 178)];

    [Fact]
    public void A_fit_finds_a_known_similarity_again_and_its_inverse_leads_back()
    {
        var known = new Similarity(1.5, -0.4, 20, -7);
        var fitted = Similarity.Fit(Landmarks, [.. Landmarks.Select(point => known.Of(point.X, point.Y))]);
        Assert.Equal(known.A, fitted.A, 9);
        Assert.Equal(known.B, fitted.B, 9);
        foreach (var point in Landmarks)
        {
            var there = fitted.Of(point.X, point.Y);
            var back = fitted.Inverse.Of(there.X, there.Y);
            Assert.Equal(point.X, back.X, 9);
            Assert.Equal(point.Y, back.Y, 9);
        }
    }

    [Fact]
    public void The_template_is_that_of_DeepfakeBench()
    {
        // Landmarks that lie on the template need no transformation. 256 pixels, scale 1.3: (x + 8) · 256 / 112, moved by 38.4, over 1.3.
        Point[] template =
        [
            .. new Point[] { new(30.2946, 51.6963), new(65.5318, 51.5014), new(48.0252, 71.7366), new(33.5493, 92.3655), new(62.7299, 92.2041) }
                .Select(point => new Point((((point.X + 8) * 256 / 112) + 38.4) / 1.3, ((point.Y * 256 / 112) + 38.4) / 1.3)),
        ];
        var similarity = Similarity.ToTemplate(template, new FaceSpec { Alignment = FaceAlignment.Similarity5 }, 256, 256);
        Assert.Equal(1, similarity.A, 6);
        Assert.Equal(0, similarity.B, 6);
        Assert.Equal(0, similarity.X, 6);
        Assert.Equal(0, similarity.Y, 6);
    }

    [Fact]
    public void An_upright_crop_has_level_eyes_around_the_middle_of_its_box()
    {
        var box = new Box(100, 80, 90, 110);
        var upright = Similarity.Upright(Landmarks, box);
        var middle = upright.Of(45, 55);
        Assert.Equal(box.Centre.X, middle.X, 9);
        Assert.Equal(box.Centre.Y, middle.Y, 9);
        var (right, left) = (upright.Inverse.Of(120, 95), upright.Inverse.Of(180, 110));
        Assert.Equal(right.Y, left.Y, 9);
        Assert.True(left.X > right.X);
    }

    [Fact]
    public void A_warp_by_nothing_is_a_copy_and_outside_is_black_or_mirrored()
    {
        using var picture = new PixelBuffer(4, 1, 3);
        for (var x = 0; x < 4; x++) picture.Pixels.Slice(3 * x, 3).Fill((byte)(50 * (x + 1)));
        byte[] Row(Similarity similarity, FaceBorder border)
        {
            using var crop = Warp.Run(picture, similarity, 4, 1, border);
            return [crop.Pixels[0], crop.Pixels[3], crop.Pixels[6], crop.Pixels[9]];
        }

        Assert.Equal([50, 100, 150, 200], Row(new Similarity(1, 0, 0, 0), FaceBorder.Zero));
        Assert.Equal([150, 200, 0, 0], Row(new Similarity(1, 0, 2, 0), FaceBorder.Zero));
        Assert.Equal([150, 200, 150, 100], Row(new Similarity(1, 0, 2, 0), FaceBorder.Reflect));
        Assert.Equal([75, 125, 175, 100], Row(new Similarity(1, 0, 0.5, 0), FaceBorder.Zero));
    }
}
