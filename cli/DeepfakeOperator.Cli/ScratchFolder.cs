namespace DeepfakeOperator.Cli;

/// <summary>A temporary folder of this run.</summary>
internal sealed class ScratchFolder : IDisposable
{
    internal ScratchFolder() => Directory.CreateDirectory(Path);

    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "kubectl-deepfake-" + Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
