using System.Diagnostics;
using DeepfakeOperator.Api.Detectors;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Inference;

/// <summary>Pixels by ffmpeg: the same as ffmpeg's on the command line, which no scaler of RGB pictures gives.</summary>
public sealed class FfmpegBilinearTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task The_tensor_holds_what_ffmpeg_scales(SKEncodedImageFormat format)
    {
        await using var scan = new TestScan();
        var picture = Pictures.Noise(61, 47, format);
        var uri = scan.Write("picture", picture);
        byte[] expected = await ScaledAsync(uri.LocalPath);
        var spec = TestScan.Spec("answers", TestScan.MeanPlanes.Inputs[0], new OutputSpec { Name = "distance", Kind = OutputKind.Distance, Polarity = new PolaritySpec { HighIsFake = true } }) with
        {
            Image = new ImageSpec { Width = 8, Height = 8, Scale = 1 / 255d, Interpolation = Interpolation.FfmpegBilinear },
        };
        var heard = new List<RawOutputs>();
        await scan.StartAsync(scan.Configuration(spec with { Outputs = [.. spec.Outputs, new OutputSpec { Name = "map", Kind = OutputKind.Mask }] }), scan.Options with { RawOutputs = heard.Add });

        await scan.JudgeAsync(TestScan.At(uri));

        var map = heard.Single().Values[1];
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], 255 * map[(i % 3 * 64) + (i / 3)], 0.01f);
        Assert.Empty(Directory.EnumerateFiles(scan.ScratchFolder));
    }

    private static async Task<byte[]> ScaledAsync(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", $"-nostdin -v error -i {path} -vf scale=8:8:flags=bilinear -f rawvideo -pix_fmt rgb24 -") { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
