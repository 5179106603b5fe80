using System.ComponentModel;
using System.Diagnostics;

namespace DeepfakeOperator.Scanning.Tests.Media;

/// <summary>Clips made by ffmpeg on the spot.</summary>
internal static class Clip
{
    internal static async Task<byte[]> MakeAsync(string arguments, string extension = "mp4")
    {
        var path = Path.Combine(Path.GetTempPath(), $"clip-{Guid.NewGuid():N}.{extension}");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", $"-nostdin -v error {arguments} {path}") { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, errors);
            return await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        }
        catch (Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed");
            throw;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Gray frames that brighten from black to white over the duration.</summary>
    internal static Task<byte[]> BrighteningAsync(int seconds, int rate = 25, string more = "-c:v libx264 -pix_fmt yuv420p -g 25", string extension = "mp4") =>
        MakeAsync($"-f lavfi -i \"nullsrc=s=320x240:r={rate}:d={seconds},geq=lum='16+219*T/{seconds}':cb=128:cr=128\" {more}", extension);
}
