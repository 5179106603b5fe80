using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>The files under the paths that were given, folders with all that is below them, in order of name.</summary>
internal static class LocalFiles
{
    /// <summary>Each once, however often it was given.</summary>
    internal static IEnumerable<LocalItem> Under(IEnumerable<string> paths) =>
        paths.SelectMany(path => Directory.Exists(path) ? Walk(path) : [new LocalItem(path)]).DistinctBy(item => item.Path);

    private static IEnumerable<LocalItem> Walk(string top)
    {
        var folders = new Stack<string>([top]);
        while (folders.TryPop(out var folder))
        {
            var (entries, failure) = Entries(folder);
            if (failure is not null) yield return new LocalItem(folder, failure);
            foreach (var (path, isFolder) in entries)
            {
                if (!isFolder) yield return new LocalItem(path);
            }
            // The last one pushed is the next one looked at.
            foreach (var (path, isFolder) in entries.Reverse())
            {
                if (isFolder) folders.Push(path);
            }
        }
    }

    private static ((string Path, bool IsFolder)[] Entries, ItemFailure? Failure) Entries(string folder)
    {
        try
        {
            // A link to a folder is left alone: it may lead back up.
            var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos()
                .Where(entry => !entry.Attributes.HasFlag(FileAttributes.Directory) || entry.LinkTarget is null)
                .Select(entry => (Path.Combine(folder, entry.Name), entry is DirectoryInfo));
            return ([.. entries.OrderBy(entry => entry.Item1, StringComparer.Ordinal)], null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], new ItemFailure(ErrorClass.FetchDenied, "fetch", "the folder cannot be listed"));
        }
    }
}
