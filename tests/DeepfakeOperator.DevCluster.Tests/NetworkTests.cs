namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Pods share the host's loopback, yet each may listen on the port that its spec names.</summary>
public sealed class NetworkTests(TestCluster cluster)
{
    [Fact]
    public async Task Two_pods_listen_on_8080_and_their_probes_find_the_right_one()
    {
        var scene = await cluster.NewSceneAsync();
        await Task.WhenAll(ServeAsync(scene, "a", "/flags/well"), ServeAsync(scene, "b", "/flags/never"));
        var b = await scene.WaitAsync("b", pod =>
            pod.Status.Conditions?.Any(one => one.Message?.Contains("/well answered 503", StringComparison.Ordinal) == true) == true);
        var a = await scene.WaitAsync("a", pod => pod.Status.ContainerStatuses?[0].Started == true);
        Assert.False(PodScene.IsReady(a));
        await File.WriteAllTextAsync(Path.Combine(a.Status.Message[6..], "volumes", "flags", "well"), "", TestCluster.Cancellation);
        await scene.WaitAsync("a", PodScene.IsReady);
        Assert.False(PodScene.IsReady(await scene.ReadAsync("b")));
        Assert.Equal("Running", b.Status.Phase);
    }

    [Fact]
    public async Task A_port_is_rewritten_where_it_is_one_and_not_in_somebody_elses_address()
    {
        var scene = await cluster.NewSceneAsync();
        var output = await scene.OutputAsync("pod", "echo $PORT $URL $BIND $OTHER $COUNT", """
            ports: [{name: http, containerPort: 8080}]
            env:
            - {name: PORT, value: "8080"}
            - {name: URL, value: "http://0.0.0.0:8080/x"}
            - {name: BIND, value: ":8080"}
            - {name: OTHER, value: "http://store.example.org:8080/x"}
            - {name: COUNT, value: "18080"}
            """);
        var words = output.Split(' ');
        Assert.NotEqual("8080", words[0]);
        Assert.Equal([words[0], $"http://0.0.0.0:{words[0]}/x", ":" + words[0], "http://store.example.org:8080/x", "18080"], words);
    }

    // Args as the operator writes a worker's: flag and value apart, the probe by the port's name.
    private static Task ServeAsync(PodScene scene, string name, string flag) => scene.ApplyAsync($$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}}
        spec:
          terminationGracePeriodSeconds: 5
          volumes: [{name: flags, emptyDir: {} }]
          containers:
          - name: c
            image: server
            args: ["8080", {{flag}}]
            ports: [{name: http, containerPort: 8080}]
            volumeMounts: [{name: flags, mountPath: /flags}]
            startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 30}
            readinessProbe: {httpGet: {path: /well, port: http}, periodSeconds: 1}
            livenessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
        """);
}
