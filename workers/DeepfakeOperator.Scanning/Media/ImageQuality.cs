namespace DeepfakeOperator.Scanning.Media;

/// <summary>What the quality gates look at.</summary>
/// <param name="Sharpness">Variance of the 4-neighbour Laplacian of the luma, as <c>cv2.Laplacian(gray, CV_64F).var()</c> without the border.</param>
/// <param name="Brightness">Mean luma, 0 to 255.</param>
internal readonly record struct ImageQuality(double Sharpness, double Brightness)
{
    /// <summary>Measures a picture at the size it was decoded.</summary>
    internal static ImageQuality Measure(PixelBuffer image)
    {
        int width = image.Width, height = image.Height;
        byte[] above = new byte[width], here = new byte[width], below = new byte[width];
        double brightness = 0, sum = 0, squares = 0;
        for (var y = 0; y < height; y++)
        {
            (above, here, below) = (here, below, above);
            Luma.Row(image.Row(y), image.BytesPerPixel, below);
            long rowSum = 0, lineSum = 0, lineSquares = 0;
            foreach (var value in below) rowSum += value;
            brightness += rowSum;
            if (y < 2) continue;
            for (var x = 1; x < width - 1; x++)
            {
                var laplacian = above[x] + below[x] + here[x - 1] + here[x + 1] - (4 * here[x]);
                lineSum += laplacian;
                lineSquares += laplacian * laplacian;
            }
            sum += lineSum;
            squares += lineSquares;
        }
        var count = Math.Max(1d, (double)Math.Max(0, width - 2) * Math.Max(0, height - 2));
        return new ImageQuality((squares / count) - (sum / count * (sum / count)), brightness / ((double)width * height));
    }
}
