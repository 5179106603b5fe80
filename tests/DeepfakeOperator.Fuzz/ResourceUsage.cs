using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DeepfakeOperator.Fuzz;

/// <summary>What the kernel counted.</summary>
internal static partial class ResourceUsage
{
    private const int Children = -1;

    /// <summary>Most memory that one process among those that were started and have ended, at any depth, held at once.</summary>
    internal static long LargestChildMb()
    {
        var usage = default(Usage);
        _ = GetNative(Children, ref usage);
        // Kibibytes, behind two times of two words each.
        return usage[4] / 1024;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetNative(int who, ref Usage usage);

    /// <summary>Linux's struct rusage, as words.</summary>
    [InlineArray(18)]
    private struct Usage
    {
        private long _word;
    }
}
