namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>A container is started as its spec says: command, arguments, environment.</summary>
public sealed class CommandTests(TestCluster cluster)
{
    [Fact]
    public async Task Environment_comes_from_values_fields_secrets_and_config_maps()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: login}
            stringData: {password: s3cret}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {colour: green, size: large}
            """);
        var output = await scene.OutputAsync("env", "env", """
            envFrom: [{prefix: ALL_, configMapRef: {name: settings}}]
            env:
            - {name: PLAIN, value: one}
            - {name: BOTH, value: "$(PLAIN)-$(ALL_size)-$(UNKNOWN)-$$(PLAIN)"}
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: SPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
            - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
            - {name: ABSENT, valueFrom: {secretKeyRef: {name: nowhere, key: x, optional: true}}}
            """);
        var lines = output.Split('\n');
        string[] expected =
        [
            "PLAIN=one", "BOTH=one-large-$(UNKNOWN)-$(PLAIN)", "POD=env", $"SPACE={scene.Namespace}", "IP=127.0.0.1", "PASSWORD=s3cret",
            "COLOUR=green", "ALL_colour=green",
            "HOSTNAME=env",
        ];
        Assert.All(expected, line => Assert.Contains(line, lines));
        Assert.DoesNotContain(lines, line => line.StartsWith("ABSENT=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("KUBEBUILDER_ASSETS=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_replaces_the_entry_point_args_follow_it_and_variables_are_expanded()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: words}
            spec:
              restartPolicy: Never
              containers:
              - name: c
                image: shell
                workingDir: /usr
                env: [{name: WHO, value: world}]
                command: [sh, -c, "pwd; printf '%s|' \"$@\"", sh]
                args: ["hello $(WHO)", "a  b", "$$(WHO)"]
            """);
        Assert.Equal(0, (await scene.EndAsync("words")).ExitCode);
        Assert.Equal("/usr\nhello world|a  b|$(WHO)|", await scene.LogAsync("words"));
    }

    [Fact]
    public async Task What_is_missing_is_said_in_the_status_and_the_pod_starts_once_it_is_there()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.RunAsync("late", "echo $PASSWORD", "env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}]");
        var waiting = await scene.WaitAsync("late", pod => pod.Status.ContainerStatuses?[0].State.Waiting?.Reason == "CreateContainerConfigError");
        Assert.Equal("secret login not found", waiting.Status.ContainerStatuses[0].State.Waiting.Message);
        Assert.Equal("Pending", waiting.Status.Phase);
        await scene.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: login}
            stringData: {password: s3cret}
            """);
        Assert.Equal(0, (await scene.EndAsync("late")).ExitCode);
        Assert.Equal("s3cret", (await scene.LogAsync("late")).Trim());
    }

    [Fact]
    public async Task An_image_that_the_node_does_not_have_is_one_that_cannot_be_pulled()
    {
        var scene = await cluster.NewSceneAsync();
        await scene.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: unknown}
            spec: {restartPolicy: Never, containers: [{name: c, image: "example.org/nothing:1"}]}
            """);
        var pod = await scene.WaitAsync("unknown", pod => pod.Status.ContainerStatuses?[0].State.Waiting?.Reason == "ImagePullBackOff");
        Assert.Contains("it has shell, server", pod.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }
}
