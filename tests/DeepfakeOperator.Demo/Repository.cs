namespace DeepfakeOperator.Demo;

/// <summary>Where this checkout's files are; the demo and the end-to-end tests run from a build inside it.</summary>
public static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The command that starts one of our programs as it was built beside the one that runs now.</summary>
    /// <exception cref="DemoException">It was not built.</exception>
    public static IReadOnlyList<string> Program(string project)
    {
        // artifacts/bin/<project>/<configuration>/ is how the build lays programs out, so a sibling has the same configuration.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = PathOf("artifacts", "bin", project, configuration, project + ".dll");
        return File.Exists(path) ? ["dotnet", path] : throw new DemoException($"{path} is missing; run `make build` first");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DeepfakeOperator.sln"))) return folder.FullName;
        throw new DemoException("run this from a checkout of the repository: DeepfakeOperator.sln was not found in any parent folder");
    }
}
