using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary><c>file:</c> addresses, only under <c>source.media.allowedPaths</c>.</summary>
internal sealed class FileSource
{
    private readonly string[] _allowed;
    private readonly string[] _real;

    internal FileSource(MediaSpec spec)
    {
        _allowed = [.. spec.AllowedPaths.Select(Path.GetFullPath)];
        _real = [.. spec.AllowedPaths.Select(LocalFile.RealFolder)];
    }

    /// <summary>Opens the file an item names.</summary>
    /// <exception cref="ScanPipelineItemException">Outside the allowed folders, not there, or no regular file.</exception>
    internal FileStream Open(Uri uri)
    {
        if (uri.Host.Length > 0 && !uri.IsLoopback) throw Denied("a file: address must not name a host");
        var path = Path.GetFullPath(uri.LocalPath);
        // Looked at before opening too, so that an item cannot ask what exists elsewhere.
        if (!IsUnder(path, _allowed)) throw Denied("the file lies outside source.media.allowedPaths");
        var (handle, real) = LocalFile.Open(path);
        try
        {
            if (!IsUnder(real, _real)) throw Denied("the file is a link to outside source.media.allowedPaths");
            var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return stream.CanSeek ? stream : throw Denied("this is no regular file");
        }
        catch (UnauthorizedAccessException error)
        {
            handle.Dispose();
            throw ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, "this is no regular file", error);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static bool IsUnder(string path, string[] folders) =>
        folders.Any(folder => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static ScanPipelineItemException Denied(string message) => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message);
}
