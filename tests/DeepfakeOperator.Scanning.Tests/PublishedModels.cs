namespace DeepfakeOperator.Scanning.Tests;

/// <summary>Weights of published detectors, where this checkout has a folder with them beside it; none of them is part of the project.</summary>
internal static class PublishedModels
{
    /// <summary>The folder, or the test is skipped.</summary>
    internal static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder.Parent is not null; folder = folder.Parent)
        {
            var beside = folder.Parent.EnumerateDirectories().Select(sibling => Path.Combine(sibling.FullName, "models"))
                .FirstOrDefault(models => Directory.Exists(Path.Combine(models, "golden")));
            if (File.Exists(Path.Combine(folder.FullName, "DeepfakeOperator.sln")) && beside is not null) return beside;
        }
        Assert.Skip("no folder with published models lies beside this checkout");
        return "";
    }
}
