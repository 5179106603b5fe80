using System.Runtime.InteropServices;
using DeepfakeOperator.Api.Records;
using Microsoft.Win32.SafeHandles;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Opens files of the worker's volumes so that nothing outside the allowed folders is read, whatever links lie there.</summary>
internal static partial class LocalFile
{
    // Linux's values, the same on x64 and arm64. Without O_NONBLOCK opening a named pipe would wait for a writer for ever.
    private const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000;

    private const int NoSuchFile = 2, NotADirectory = 20;

    /// <summary>Opens a regular file and says where it really lies.</summary>
    /// <exception cref="ScanPipelineItemException">It is not there, or may not be read.</exception>
    internal static (SafeFileHandle Handle, string RealPath) Open(string path)
    {
        var descriptor = OpenNative(path, ReadOnly | NonBlocking | CloseOnExec);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error is NoSuchFile or NotADirectory
                ? ScanPipelineItemException.Fetch(ErrorClass.FetchNotFound, "the file does not exist")
                : ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, $"the file cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return (handle, File.ResolveLinkTarget(DescriptorPath(handle), returnFinalTarget: false)?.FullName ?? "");
    }

    /// <summary>The folder with every link on its way resolved; as given where it does not exist.</summary>
    internal static string RealFolder(string path)
    {
        var descriptor = OpenNative(path, ReadOnly | NonBlocking | CloseOnExec);
        if (descriptor < 0) return Path.GetFullPath(path);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        return File.ResolveLinkTarget(DescriptorPath(handle), returnFinalTarget: false)?.FullName ?? Path.GetFullPath(path);
    }

    /// <summary>The open file's name in this process's descriptor table, which a child process of the same user may open too.</summary>
    internal static string DescriptorPath(SafeFileHandle handle) => $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenNative(string path, int flags);
}
