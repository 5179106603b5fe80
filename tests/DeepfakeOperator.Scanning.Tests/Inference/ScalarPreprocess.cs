using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Tests.Inference;

/// <summary>The reference: pixel by pixel in doubles, from the written rules; it shares only the table of weights with the product.</summary>
internal static class ScalarPreprocess
{
    /// <summary>Values 0 to 255 after resizing and rounding, in the tensor's order.</summary>
    internal static double[] Run(PixelBuffer image, ImageSpec spec, TensorLayout layout)
    {
        var channels = spec.Colour == ColourOrder.Gray ? 1 : 3;
        var plan = new ResizePlan(image.Width, image.Height, spec);
        var result = new double[spec.Width * spec.Height * channels];
        for (var y = 0; y < spec.Height; y++)
        {
            for (var x = 0; x < spec.Width; x++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    var source = spec.Colour == ColourOrder.BGR ? 2 - channel : channel;
                    var index = layout == TensorLayout.NCHW ? (((channel * spec.Height) + y) * spec.Width) + x : (((y * spec.Width) + x) * channels) + channel;
                    result[index] = Value(image, spec, plan, x, y, source);
                }
            }
        }
        return result;
    }

    internal static (double Scale, double Bias) Affine(ImageSpec spec, TensorLayout layout, int index)
    {
        var channels = spec.Colour == ColourOrder.Gray ? 1 : 3;
        var channel = layout == TensorLayout.NCHW ? index / (spec.Width * spec.Height) : index % channels;
        return (spec.Scale / spec.Std[channel], -spec.Mean[channel] / spec.Std[channel]);
    }

    private static double Value(PixelBuffer image, ImageSpec spec, ResizePlan plan, int x, int y, int channel)
    {
        var (left, top) = (plan.X.Starts[x], plan.Y.Starts[y]);
        if (left < 0 || top < 0) return spec.PadValue;
        double sum = 0;
        for (var j = 0; j < plan.Y.Taps; j++)
        {
            for (var i = 0; i < plan.X.Taps; i++)
            {
                var weight = (double)plan.X.Weights[(x * plan.X.Taps) + i] * plan.Y.Weights[(y * plan.Y.Taps) + j];
                if (weight != 0) sum += weight * Sample(image, spec, left + i, top + j, channel);
            }
        }
        return Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
    }

    private static int Sample(PixelBuffer image, ImageSpec spec, int x, int y, int channel)
    {
        var pixel = image.Row(y).Slice(x * image.BytesPerPixel, 3);
        return spec.Colour == ColourOrder.Gray ? ((pixel[0] * 19595) + (pixel[1] * 38470) + (pixel[2] * 7471) + 0x8000) >> 16 : pixel[channel];
    }
}
