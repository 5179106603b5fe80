using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DeepfakeOperator.Fuzz;

/// <summary>Processes of this machine, through /proc.</summary>
internal static class RunningProcesses
{
    /// <summary>Ends all that have a setting in their environment, and says which they were.</summary>
    internal static IReadOnlyList<string> EndAll(string setting)
    {
        var ended = new List<string>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (!File.ReadAllText(Path.Combine(folder, "environ"), Encoding.Latin1).Contains(setting, StringComparison.Ordinal)) continue;
                ended.Add(File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' '));
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
            {
                // Gone meanwhile, or another user's.
            }
        }
        return ended;
    }
}
