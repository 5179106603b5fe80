using System.IO.Enumeration;

namespace DeepfakeOperator.Demo;

/// <summary>Somebody's folder of media, with all that folders have: links in circles, folders that may not be read, names that are no text.</summary>
internal static class MediaFolder
{
    /// <summary>
    /// Every file under a folder, in order of its path. Hidden ones are left out, and so are links to folders: what they point to is scanned where it
    /// is, and a link to a parent would never end.
    /// </summary>
    /// <param name="root">The folder; may itself be a link.</param>
    /// <param name="say">Told what is left out, line by line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoException">There is no file to be read.</exception>
    public static IReadOnlyList<string> Files(string root, Action<string> say, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var open = new Stack<string>([root]);
        var (links, unreadable) = (0, 0);
        while (open.TryPop(out var folder))
        {
            try
            {
                foreach (var (name, isFolder) in Entries(folder))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var path = Path.Combine(folder, name);
                    if (name.StartsWith('.')) continue;
                    if (!isFolder) Add(path);
                    else if (new DirectoryInfo(path).LinkTarget is null) open.Push(path);
                    else links++;
                }
            }
            catch (Exception error) when (error is UnauthorizedAccessException or IOException)
            {
                unreadable++;
                say($"left out the folder {folder}: {error.Message}");
            }
        }
        if (links > 0) say($"left out {links} links to folders");
        files.Sort(StringComparer.Ordinal);
        if (files.Count > 0) return files;
        throw new DemoException(unreadable > 0
            ? $"nothing under {root} can be read; make it readable for this user, or give another folder as CORPUS="
            : $"the folder {root} has no files; CORPUS= takes a folder of media files");

        void Add(string path)
        {
            // A name of other bytes than UTF-8 comes with replacement characters, under which nobody finds the file.
            if (path.Contains('\uFFFD', StringComparison.Ordinal) && !File.Exists(path))
                say($"left out the file {path}: its name is no UTF-8; rename it to have it scanned");
            else files.Add(path);
        }
    }

    // Not DirectoryInfo's listing, which looks every entry up again by its name: one that cannot be found so comes as a folder, or without a path.
    private static FileSystemEnumerable<(string Name, bool IsFolder)> Entries(string folder) => new(
        folder, (ref entry) => (entry.FileName.ToString(), entry.IsDirectory), new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false });
}
