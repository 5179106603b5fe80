namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Volumes are folders of the host, and a container is told where: in command, arguments and environment.</summary>
public sealed class VolumeTests(TestCluster cluster)
{
    [Fact]
    public async Task Secrets_config_maps_and_the_downward_api_are_mounted_and_follow_changes()
    {
        var scene = await cluster.NewSceneAsync();
        string Settings(string colour) => $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {colour: {{colour}}, size: large}
            """;
        await scene.ApplyAsync(Settings("green") + """

            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: login}
            stringData: {password: s3cret}
            """);
        await scene.RunAsync("pod", """
            cat /etc/app/settings/colour; echo; cat /etc/app/login/word; echo; cat /etc/app/pod/labels; echo
            ls /etc/app/settings
            until grep -q red /etc/app/settings/colour; do sleep 0.1; done; echo changed
            """, """
            volumeMounts:
            - {name: settings, mountPath: /etc/app/settings}
            - {name: login, mountPath: /etc/app/login, readOnly: true}
            - {name: pod, mountPath: /etc/app/pod}
            """, """
            restartPolicy: Never
            volumes:
            - {name: settings, configMap: {name: settings}}
            - {name: login, secret: {secretName: login, items: [{key: password, path: word}]}}
            - {name: pod, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.name}}]}}
            """);
        await scene.LoggedAsync("pod", "green\ns3cret\npod\ncolour\nsize\n");
        await scene.ApplyAsync(Settings("red"));
        Assert.Equal(0, (await scene.EndAsync("pod")).ExitCode);
    }

    // What the operator's worker is given: a scratch folder, /tmp, and a message file, all told by their paths in a container.
    [Fact]
    public async Task Scratch_and_tmp_are_folders_of_the_pods_own()
    {
        var scene = await cluster.NewSceneAsync();
        var output = await scene.OutputAsync("worker", """
            echo "$@"; echo $TMPDIR; echo x >/var/run/deepfake/file; echo y >/tmp/file
            cat /var/run/deepfake/file /tmp/file
            """, """
            command: [sh, -c]
            volumeMounts:
            - {name: scratch, mountPath: /var/run/deepfake}
            - {name: tmp, mountPath: /tmp}
            """, "restartPolicy: Never\nvolumes: [{name: scratch, emptyDir: {}}, {name: tmp, emptyDir: {}}]");
        var lines = output.Split('\n');
        var folder = (await scene.ReadAsync("worker")).Status.Message[6..];
        Assert.Equal([Path.Combine(folder, "volumes", "tmp"), "x", "y"], lines[1..]);
        Assert.Equal("x\n", await File.ReadAllTextAsync(Path.Combine(folder, "volumes", "scratch", "file"), TestCluster.Cancellation));
        Assert.False(File.Exists("/tmp/file"));
    }

    [Theory]
    [InlineData("/etc/app/file", "<etc>/file")]
    [InlineData("--path=/etc/app", "--path=<etc>")]
    [InlineData("--paths=/etc/app:/etc/app/x,/tmp/y", "--paths=<etc>:<etc>/x,<tmp>/y")]
    [InlineData("file:///etc/app/x", "file://<etc>/x")]
    [InlineData("/etc/app2/file", "/etc/app2/file")]
    [InlineData("/opt/etc/app/file", "/opt/etc/app/file")]
    [InlineData("/etc/app.bak", "/etc/app.bak")]
    public async Task Only_whole_paths_are_rewritten(string argument, string expected)
    {
        var scene = await cluster.NewSceneAsync();
        var output = await scene.OutputAsync("pod", "printf %s $WORD", $$"""
            env: [{name: WORD, value: "{{argument}}"}]
            volumeMounts: [{name: etc, mountPath: /etc/app}, {name: tmp, mountPath: /tmp}]
            """, "restartPolicy: Never\nvolumes: [{name: etc, emptyDir: {}}, {name: tmp, emptyDir: {}}]");
        var volumes = Path.Combine((await scene.ReadAsync("pod")).Status.Message[6..], "volumes");
        Assert.Equal(expected.Replace("<etc>", volumes + "/etc", StringComparison.Ordinal)
            .Replace("<tmp>", volumes + "/tmp", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_host_path_is_the_hosts_folder_under_another_name()
    {
        var scene = await cluster.NewSceneAsync();
        var folder = Directory.CreateTempSubdirectory("host-path-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "picture"), "pixels", TestCluster.Cancellation);
        Assert.Equal("pixels", await scene.OutputAsync("pod", "cat /media/corpus/picture", "volumeMounts: [{name: corpus, mountPath: /media/corpus}]",
            $"restartPolicy: Never\nvolumes: [{{name: corpus, hostPath: {{path: {folder}}}}}]"));
        Directory.Delete(folder, recursive: true);
        await scene.RunAsync("lost", "true", "volumeMounts: [{name: corpus, mountPath: /media/corpus}]",
            $"restartPolicy: Never\nvolumes: [{{name: corpus, hostPath: {{path: {folder}}}}}]");
        await scene.WaitAsync("lost", pod => pod.Status.Message == $"volume corpus: hostPath {folder} does not exist");
    }

    [Fact]
    public async Task A_service_account_speaks_to_the_api_server_with_its_own_rights_and_no_more()
    {
        var scene = await cluster.NewSceneAsync();
        Assert.SkipWhen(cluster.ControlPlane.KubectlPath is null, "needs kubectl");
        await scene.ApplyAsync("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reader}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reader}
            rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects: [{kind: ServiceAccount, name: reader}]
            """);
        var output = await scene.OutputAsync("pod", $"""
            D=/var/run/secrets/kubernetes.io/serviceaccount; ls $D; cat $D/namespace; echo
            {cluster.ControlPlane.KubectlPath} get configmaps -o name; {cluster.ControlPlane.KubectlPath} get secrets 2>&1; true
            """, pod: "restartPolicy: Never\nserviceAccountName: reader");
        Assert.StartsWith($"ca.crt\nnamespace\ntoken\n{scene.Namespace}\n", output, StringComparison.Ordinal);
        Assert.Contains("configmap/kube-root-ca.crt", output, StringComparison.Ordinal);
        Assert.Contains($"User \"system:serviceaccount:{scene.Namespace}:reader\" cannot list resource \"secrets\"", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_there_is_no_way_to_the_api_server()
    {
        var scene = await cluster.NewSceneAsync();
        Assert.Equal("none", await scene.OutputAsync("pod", "echo ${KUBECONFIG:-none}",
            pod: "restartPolicy: Never\nautomountServiceAccountToken: false"));
    }
}
