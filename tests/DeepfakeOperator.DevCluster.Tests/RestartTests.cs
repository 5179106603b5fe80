namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Restart policies, back-off, init containers, and probes that restart or take out of service.</summary>
public sealed class RestartTests(TestCluster cluster)
{
    [Fact]
    public async Task A_crashing_container_is_restarted_with_back_off_and_its_pod_keeps_running()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("crash", "exit 5", pod: "restartPolicy: Always");
        var pod = await scene.WaitAsync("crash", pod =>
            pod.Status.ContainerStatuses?[0] is { RestartCount: >= 1, State.Waiting.Reason: "CrashLoopBackOff", LastState.Terminated.ExitCode: 5 });
        Assert.Equal("Running", pod.Status.Phase);
        Assert.False(pod.Status.ContainerStatuses[0].Ready);
    }

    [Theory]
    [InlineData("OnFailure", "exit 0", "Succeeded", 0)]
    [InlineData("OnFailure", "test -e $TMPDIR/second || { touch $TMPDIR/second; exit 1; }", "Succeeded", 1)]
    [InlineData("Never", "exit 1", "Failed", 0)]
    public async Task A_pod_ends_as_its_restart_policy_says(string policy, string script, string phase, int restarts)
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("pod", script, pod: "restartPolicy: " + policy);
        var pod = await scene.WaitAsync("pod", pod => pod.Status.Phase is "Succeeded" or "Failed");
        Assert.Equal((phase, restarts), (pod.Status.Phase, pod.Status.ContainerStatuses[0].RestartCount));
    }

    [Fact]
    public async Task Init_containers_run_first_and_one_that_fails_fails_the_pod()
    {
        var scene = await cluster.NewSceneAsync();
        string Init(string script) => $$"""
            restartPolicy: Never
            volumes: [{name: shared, emptyDir: {} }]
            initContainers:
            - name: init
              image: shell
              args: ["{{script}}"]
              env: [{name: F, value: /shared/f}]
              volumeMounts: [{name: shared, mountPath: /shared}]
            """;
        const string Mount = "volumeMounts: [{name: shared, mountPath: /shared}]";
        Assert.Equal("made before", await scene.OutputAsync("good", "cat /shared/f", Mount, Init("echo made before >$F")));
        await scene.RunAsync("bad", "echo never", Mount, Init("exit 1"));
        var pod = await scene.WaitAsync("bad", pod => pod.Status.Phase == "Failed");
        Assert.Equal("PodInitializing", pod.Status.ContainerStatuses[0].State.Waiting.Reason);
        Assert.Equal(1, pod.Status.InitContainerStatuses[0].State.Terminated.ExitCode);
    }

    [Fact]
    public async Task Readiness_follows_an_exec_probe_both_ways_and_says_why_not()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("pod", "echo up; while :; do sleep 0.1; done", """
            readinessProbe: {exec: {command: [sh, -c, "test -e /flags/well"]}, periodSeconds: 1, failureThreshold: 1}
            volumeMounts: [{name: flags, mountPath: /flags}]
            """, "volumes: [{name: flags, emptyDir: {}}]\nterminationGracePeriodSeconds: 0");
        var pod = await scene.WaitAsync("pod", pod =>
            pod.Status.Conditions?.Any(one =>
                one is { Type: "Ready", Status: "False" } && one.Message.Contains("sh exited with 1", StringComparison.Ordinal)) == true);
        Assert.True(pod.Status.ContainerStatuses[0].Started);
        var flag = Path.Combine(pod.Status.Message[6..], "volumes", "flags", "well");
        await File.WriteAllTextAsync(flag, "", TestCluster.Cancellation);
        pod = await scene.WaitAsync("pod", PodScene.IsReady);
        Assert.True(pod.Status.ContainerStatuses[0].Ready);
        Assert.True(string.IsNullOrEmpty(pod.Status.Conditions.Single(one => one.Type == "Ready").Message));
        File.Delete(flag);
        await scene.WaitAsync("pod", pod => !PodScene.IsReady(pod));
    }

    [Fact]
    public async Task A_failing_liveness_probe_restarts_the_container()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("pod", "echo up; while :; do sleep 0.1; done",
            "livenessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1, failureThreshold: 2}", "terminationGracePeriodSeconds: 5");
        var pod = await scene.WaitAsync("pod", pod => pod.Status.ContainerStatuses?[0].RestartCount >= 1);
        // What SIGTERM does to a shell without a trap.
        Assert.Equal(143, pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);
    }

    [Fact]
    public async Task Until_the_startup_probe_has_succeeded_nothing_else_is_asked()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("pod", "echo up; while :; do sleep 0.1; done", """
            startupProbe: {exec: {command: [test, -e, /flags/started]}, periodSeconds: 1, failureThreshold: 60}
            livenessProbe: {exec: {command: [test, -e, /flags/started]}, periodSeconds: 1, failureThreshold: 1}
            readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
            volumeMounts: [{name: flags, mountPath: /flags}]
            """, "volumes: [{name: flags, emptyDir: {}}]\nterminationGracePeriodSeconds: 0");
        var pod = await scene.WaitAsync("pod", pod =>
            pod.Status.Conditions?.Any(one => one.Message?.Contains("test exited with 1", StringComparison.Ordinal) == true) == true);
        Assert.False(PodScene.IsReady(pod));
        Assert.False(pod.Status.ContainerStatuses[0].Started);
        await File.WriteAllTextAsync(Path.Combine(pod.Status.Message[6..], "volumes", "flags", "started"), "", TestCluster.Cancellation);
        pod = await scene.WaitAsync("pod", PodScene.IsReady);
        Assert.Equal(0, pod.Status.ContainerStatuses[0].RestartCount);
    }
}
