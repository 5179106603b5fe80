using System.Text;

namespace DeepfakeOperator.Worker;

/// <summary>The termination message: what Kubernetes shows of a container that has ended, and what the operator puts into a condition.</summary>
/// <param name="path">Its file; null: there is none.</param>
internal sealed class LastWords(string? path)
{
    /// <summary>Kubernetes keeps this many bytes.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Leaves a message, cut at what is kept.</summary>
    internal async Task LeaveAsync(string message, CancellationToken ct)
    {
        if (path is null) return;
        var bytes = Encoding.UTF8.GetBytes(message);
        var end = Math.Min(bytes.Length, MaxBytes);
        // Not in the middle of a character.
        while (end < bytes.Length && end > 0 && (bytes[end] & 0xC0) == 0x80) end--;
        try
        {
            await File.WriteAllBytesAsync(path, bytes[..end], ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"the termination message cannot be written to {path}: {error.Message}");
        }
    }
}
