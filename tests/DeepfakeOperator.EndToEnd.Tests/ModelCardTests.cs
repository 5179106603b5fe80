using System.Diagnostics;
using DeepfakeOperator.Demo;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>The bundled detector's card holds what its script writes from the stored evaluation, and nothing that somebody changed by hand.</summary>
public sealed class ModelCardTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("card-");
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_numbers_of_the_card_are_those_of_the_evaluation()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "python3"))),
            "python3 is not on PATH");
        string[] files = ["README.md", "evaluation.json", "training/__init__.py", "training/card.py"];
        _folder.CreateSubdirectory("training");
        foreach (var file in files) File.Copy(Repository.PathOf("models", "upsampling-trace", file), Path.Combine(_folder.FullName, file));

        using var python = Process.Start(new ProcessStartInfo("python3", ["-m", "training.card"]) { WorkingDirectory = _folder.FullName })!;
        await python.WaitForExitAsync(Cancelled);
        Assert.Equal(0, python.ExitCode);
        var stored = await File.ReadAllTextAsync(Repository.PathOf("models", "upsampling-trace", "README.md"), Cancelled);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "README.md"), Cancelled), stored);
        Assert.Contains("rests on 160 views, not on 320", stored, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
