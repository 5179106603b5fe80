using System.Diagnostics;
using System.Text.RegularExpressions;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A platform team copies README's commands into a shell, on a cluster that has nothing of ours yet.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    // Docker is not everywhere: what it would be told is written down, and the Dockerfile must be there.
    private const string Docker = "docker() { echo \"$*\" >>\"$CALLS\"; [ \"$1\" != build ] || [ -f \"$3\" ]; }\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readme-");
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_steps_for_a_cluster_of_ones_own_work_as_they_are_printed()
    {
        HelmFixture.SkipWithoutHelm();
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, Console.Out.WriteLine, Cancelled);
        await using var cluster = await ControlPlane.StartAsync(new ControlPlaneOptions { WithControllers = false }, binaries, Cancelled);
        var steps = await StepsAsync();
        Assert.Equal(4, steps.Count);
        var (install, apply, watch, upgrade) = (steps[0], steps[1], steps[2], steps[3]);

        await ShellAsync(cluster, install);
        var calls = await File.ReadAllLinesAsync(CallsPath, Cancelled);
        var pushed = Images(calls, "^push (.*)$");
        Assert.Equal(Images(calls, @"^build .* -t (\S+) \.$"), pushed);
        var deployment = await cluster.Client.AppsV1.ReadNamespacedDeploymentAsync(
            "deepfake-operator", "deepfake-system", cancellationToken: Cancelled);
        var container = Assert.Single(deployment.Spec.Template.Spec.Containers);
        Assert.Equal(pushed, [container.Image, .. Images(container.Args, "^--worker-image=(.*)$")]);

        await ShellAsync(cluster, apply);
        var job = await new ScanJobClient(cluster.Client).GetAsync("moderation", "demo", Cancelled);
        foreach (var volume in job.Spec.Workers.Template!["spec"]!["volumes"]!.AsArray())
        {
            var claim = (string)volume!["persistentVolumeClaim"]!["claimName"]!;
            Assert.NotNull(await cluster.Client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(claim, "moderation", cancellationToken: Cancelled));
        }

        // Nobody works here, so what waits is only asked whether it names the right thing.
        var list = await ShellAsync(cluster, watch.Split('\n')[0].Replace(" -w", "", StringComparison.Ordinal));
        Assert.Contains("demo", list, StringComparison.Ordinal);
        Assert.Contains("scanjob/demo -n moderation", watch, StringComparison.Ordinal);
        await ShellAsync(cluster, upgrade);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string CallsPath => Path.Combine(_folder.FullName, "calls");

    private static async Task<IReadOnlyList<string>> StepsAsync()
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("README.md"), Cancelled);
        var section = text.Split("\n## ").Single(part => part.StartsWith("On your own cluster", StringComparison.Ordinal));
        return [.. Block().Matches(section).Select(match => match.Groups[1].Value)];
    }

    private static IEnumerable<string> Images(IEnumerable<string> lines, string pattern) =>
        lines.Select(line => Regex.Match(line, pattern)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    private async Task<string> ShellAsync(ControlPlane cluster, string script)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", Docker + script])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = cluster.KubeconfigPath;
        start.Environment["CALLS"] = CallsPath;
        if (Path.GetDirectoryName(cluster.KubectlPath) is { } folder) start.Environment["PATH"] += ":" + folder;
        using var shell = Process.Start(start)!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(Cancelled), shell.StandardError.ReadToEndAsync(Cancelled));
        await shell.WaitForExitAsync(Cancelled);
        Assert.True(shell.ExitCode == 0, $"{script}\n{await output}{await errors}");
        return await output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
