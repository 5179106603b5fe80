using System.Net;
using System.Text.Json.Nodes;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Manifests are read as the API server would read them, and its refusals are passed on.</summary>
public sealed class ManifestTests(TestCluster cluster)
{
    [Fact]
    public void Quoted_scalars_are_text_and_plain_ones_what_they_look_like()
    {
        var documents = ManifestApplier.Parse("""
            ---
            # nothing here
            ---
            {empty: "", quoted: "8080", number: 8080, real: 0.5, yes: true, no: "false", nothing: null, text: 20ms, version: 1.2.3, list: [1, "1"]}
            """);
        var expected = JsonNode.Parse("""
            {"empty":"","quoted":"8080","number":8080,"real":0.5,"yes":true,"no":"false","nothing":null,
            "text":"20ms","version":"1.2.3","list":[1,"1"]}
            """);
        Assert.Equal(expected!.ToJsonString(), documents.Single().ToJsonString());
    }

    [Fact]
    public async Task What_the_server_refuses_is_reported_in_its_own_words()
    {
        var applier = new ManifestApplier(cluster.Kubernetes);
        var manifest = ManifestApplier.Parse("{apiVersion: v1, kind: ConfigMap, metadata: {name: Not_A_Name, namespace: default}}")[0];
        var error = await Assert.ThrowsAsync<DevClusterException>(() => applier.ApplyAsync(manifest, TestCluster.Cancellation));
        Assert.StartsWith("ConfigMap Not_A_Name was refused: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applier.SendAsync(manifest, TestCluster.Cancellation)).Status);
    }

    [Fact]
    public async Task Our_resources_are_served_as_soon_as_they_are_applied()
    {
        var applier = new ManifestApplier(cluster.Kubernetes);
        foreach (var crd in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crds"), "*.yaml"))
            await applier.ApplyFileAsync(crd, TestCluster.Cancellation);
        var manifest = ManifestApplier.Parse(
            "{apiVersion: deepfakeoperator.io/v1alpha1, kind: ScanJob, metadata: {name: empty, namespace: default}, spec: {}}")[0];
        var (status, answer) = await applier.SendAsync(manifest, TestCluster.Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("spec.source", answer, StringComparison.Ordinal);
    }
}
