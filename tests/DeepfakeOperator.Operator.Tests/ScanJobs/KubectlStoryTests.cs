using System.Diagnostics;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>A job as its user sees it: with kubectl, and with the tools that compute <c>kstatus</c>.</summary>
public sealed class KubectlStoryTests(TestCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task A_scan_is_a_story_that_kubectl_and_kstatus_can_tell()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(500);
        await using var history = new History(cluster, scenario.Namespace);
        await using var running = await scenario.OperatorAsync();
        // Together, as a sample is applied: the detector's check is waited for, not complained about.
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using (scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(50)))
        {
            Assert.Contains("condition met", await KubectlAsync(scenario, "wait", "sj/backlog", "--for=condition=Complete", "--timeout=60s"),
                StringComparison.Ordinal);
        }
        await scenario.UntilAsync(now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }, "no worker left");

        var seen = await history.EndAsync();
        var phases = seen.Select(state => (string?)state["status"]?["phase"]).OfType<string>().ToList();
        output.WriteLine(string.Join(" ", phases));
        // Pending is seen only where the detector's check takes longer than the first look at the job.
        var told = phases.Where((phase, index) => index == 0 || phases[index - 1] != phase).SkipWhile(phase => phase == "Pending");
        Assert.Equal(["Planning", "Running", "Succeeded"], told);
        Assert.DoesNotContain(seen, state => Is(state, ConditionTypes.Stalled));

        var table = await KubectlAsync(scenario, "get", "sj");
        Assert.Matches(@"backlog\s+Succeeded\s+500\s+500\s", table);
        var description = await KubectlAsync(scenario, "describe", "sj", "backlog");
        output.WriteLine(table + description);
        foreach (var reason in (string[])["Planned", "Started", "AllItemsDone"]) Assert.Matches($@"Normal\s+{reason}\s", description);
        Assert.DoesNotMatch(@"Warning\s", description);

        await KstatusAsync(seen);
    }

    [Fact]
    public async Task A_scan_that_cannot_go_on_is_Failed_to_kstatus_and_Current_when_suspended()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await using var history = new History(cluster, scenario.Namespace);
        await using var running = await scenario.OperatorAsync();
        await scenario.ApplyScanJobAsync();
        await scenario.UntilStalledAsync("DetectorNotFound");
        await scenario.ApplyScanJobAsync(spec => spec with { Suspend = true });
        await scenario.UntilPhaseAsync(ScanJobPhase.Suspended);
        var words = await KstatusAsync(await history.EndAsync());
        Assert.Contains("Failed", words);
        Assert.Equal("Current", words[^1]);
    }

    /// <summary>The real program agrees with what each recorded state is meant to say; gives its words.</summary>
    private async Task<IReadOnlyList<string>> KstatusAsync(IReadOnlyList<JsonObject> states)
    {
        var program = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "kstatus"))
            .FirstOrDefault(File.Exists);
        if (program is null) Assert.Skip("needs the program kstatus on PATH");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var kstatus = Process.Start(start)!;
        var answer = kstatus.StandardOutput.ReadToEndAsync(TestCluster.Cancellation);
        // Before the operator has seen it an object says nothing about itself.
        var spoken = states.Where(state => state["status"]?["conditions"] is not null).ToList();
        foreach (var state in spoken) await kstatus.StandardInput.WriteLineAsync(state.ToJsonString());
        kstatus.StandardInput.Close();
        var words = (await answer).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]).ToList();
        output.WriteLine(string.Join(" ", words));
        Assert.Equal(spoken.Select(Meant), words);
        return words;
    }

    private static string Meant(JsonObject state)
    {
        if ((long?)state["metadata"]?["generation"] != (long?)state["status"]?["observedGeneration"]) return "InProgress";
        return Is(state, ConditionTypes.Stalled) ? "Failed" : Is(state, ConditionTypes.Ready) ? "Current" : "InProgress";
    }

    private static bool Is(JsonObject state, string type) =>
        state["status"]?["conditions"]?.AsArray()
            .Any(condition => (string?)condition!["type"] == type && (string?)condition["status"] == "True") == true;

    private async Task<string> KubectlAsync(Scenario scenario, params string[] arguments)
    {
        if (cluster.KubectlPath is null) Assert.Skip("needs kubectl");
        var start = new ProcessStartInfo(cluster.KubectlPath) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--kubeconfig", cluster.KubeconfigPath, "-n", scenario.Namespace,
            .. arguments]) start.ArgumentList.Add(argument);
        using var kubectl = Process.Start(start)!;
        var (said, complained) = (kubectl.StandardOutput.ReadToEndAsync(TestCluster.Cancellation),
            kubectl.StandardError.ReadToEndAsync(TestCluster.Cancellation));
        await kubectl.WaitForExitAsync(TestCluster.Cancellation);
        Assert.True(kubectl.ExitCode == 0, await complained);
        return await said;
    }
}
