using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>How containers end: by themselves, by SIGTERM, by SIGKILL after the grace period; exit codes and last words.</summary>
public sealed class EndTests(TestCluster cluster)
{
    [Theory]
    [InlineData("exit 0", 0, "Completed", "Succeeded")]
    [InlineData("exit 3", 3, "Error", "Failed")]
    [InlineData("kill -9 $$", 137, "Error", "Failed")]
    [InlineData("exec /no/such/program", 127, "Error", "Failed")]
    public async Task Exit_codes_become_reasons_and_phases(string script, int exitCode, string reason, string phase)
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("end", script.Replace("$$", "$$$$", StringComparison.Ordinal));
        var end = await scene.EndAsync("end");
        Assert.Equal((exitCode, reason), (end.ExitCode, end.Reason));
        Assert.Equal(phase, (await scene.ReadAsync("end")).Status.Phase);
        Assert.NotNull(end.StartedAt);
        Assert.True(end.FinishedAt >= end.StartedAt);
    }

    [Fact]
    public async Task Deletion_sends_SIGTERM_and_waits_for_the_end()
    {
        var scene = await cluster.NewSceneAsync();
        var witness = Path.Combine(Path.GetTempPath(), $"witness-{Guid.NewGuid():N}");
        await scene.RunAsync("polite", $"trap 'echo bye >{witness}; exit 0' TERM; echo up; while :; do sleep 0.1; done",
            pod: "terminationGracePeriodSeconds: 25");
        await scene.LoggedAsync("polite", "up");
        await scene.DeleteAsync("polite");
        await Eventually.TrueAsync(() => scene.IsGoneAsync("polite"), () => "the pod is still there");
        Assert.Equal("bye", (await File.ReadAllTextAsync(witness, TestCluster.Cancellation)).Trim());
        File.Delete(witness);
    }

    [Fact]
    public async Task After_the_grace_period_the_whole_process_group_is_killed()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("stubborn",
            "trap '' TERM; sh -c 'trap \"\" TERM; echo child $$$$; while :; do sleep 0.2; done' & echo up $$$$; while :; do sleep 0.2; done",
            pod: "terminationGracePeriodSeconds: 2");
        await scene.LoggedAsync("stubborn", "up");
        await scene.LoggedAsync("stubborn", "child");
        var ids = (await scene.LogAsync("stubborn")).Trim().Split('\n').Select(line => line.Split(' ')[1]).ToList();
        var started = Stopwatch.StartNew();
        await scene.DeleteAsync("stubborn");
        await Eventually.TrueAsync(() => scene.IsGoneAsync("stubborn"), () => "the pod is still there");
        Assert.True(started.Elapsed > TimeSpan.FromSeconds(2), "it was given less than its grace period");
        await Eventually.TrueAsync(() => !ids.Exists(Eventually.Runs), "its child lives on");
    }

    [Fact]
    public async Task What_a_container_leaves_behind_ends_with_it()
    {
        var scene = await cluster.NewSceneAsync();
        var child = await scene.OutputAsync("parent", "sleep 600 & echo $!");
        await Eventually.TrueAsync(() => !Eventually.Runs(child), $"process {child} lives on");
    }

    [Fact]
    public async Task A_termination_message_is_read_from_the_path_that_the_container_was_told()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("message", "echo noise; printf '{\"passed\":true}' >$FILE", """
            terminationMessagePath: /var/run/last-words
            env: [{name: FILE, value: /var/run/last-words}]
            """);
        Assert.Equal("{\"passed\":true}", (await scene.EndAsync("message")).Message);
        Assert.False(File.Exists("/var/run/last-words"));
    }

    [Fact]
    public async Task Without_a_message_the_end_of_the_log_is_used_where_the_policy_says_so_and_it_failed()
    {
        var scene = await cluster.NewSceneAsync();
        const string Fallback = "terminationMessagePolicy: FallbackToLogsOnError";
        await scene.RunAsync("failed", "echo first; echo cannot open device >&2; exit 4", Fallback);
        await scene.RunAsync("fine", "echo all is well", Fallback);
        await scene.RunAsync("silent", "echo cannot open device; exit 4");
        Assert.Equal("first\ncannot open device", (await scene.EndAsync("failed")).Message);
        Assert.Null((await scene.EndAsync("fine")).Message);
        Assert.Null((await scene.EndAsync("silent")).Message);
    }
}
