using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A platform team installs the chart, each time with other values.</summary>
public sealed class ChartTests(HelmFixture helm) : IClassFixture<HelmFixture>
{
    private const string Ours = "deepfakeoperator.io";
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("as it is",
        "ServiceAccount ClusterRole ClusterRole ClusterRole ClusterRoleBinding Role RoleBinding Service Deployment ClusterDetector")]
    [InlineData("one namespace", "ServiceAccount Role Role RoleBinding RoleBinding Service Deployment Detector", "watchNamespace=moderation")]
    [InlineData("two replicas of an image of one's own",
        "ServiceAccount ClusterRole ClusterRole ClusterRole ClusterRoleBinding Role RoleBinding Service Deployment ClusterDetector",
        "replicas=2", "image.repository=example.org/a/operator", "image.tag=v1", "workerImage.tag=gpu", "imagePullSecrets[0].name=pull",
        "nodeSelector.disk=ssd", "tolerations[0].operator=Exists", "priorityClassName=system-cluster-critical", "podAnnotations.a=b", "podLabels.c=d",
        "serviceAccount.annotations.e=f", "metrics.service.annotations.g=h")]
    [InlineData("the least", "ClusterRole ClusterRoleBinding Role RoleBinding Deployment", "serviceAccount.create=false", "serviceAccount.name=mine",
        "metrics.service.create=false", "bundledDetector.install=false", "userRoles.create=false")]
    public async Task The_API_server_takes_every_object(string what, string kinds, params string[] settings)
    {
        HelmFixture.SkipWithoutHelm();
        try
        {
            await helm.InstallAsync([.. settings.SelectMany(setting => new[] { "--set", setting })]);
            var manifest = await helm.ManifestAsync();
            Assert.Equal(kinds.Split(' ').Order(), manifest.Select(entry => (string)entry["kind"]!).Order());
            // Helm warns of a field that the server does not know; server-side apply refuses it.
            foreach (var entry in manifest)
            {
                var (status, answer) = await helm.Manifests.SendAsync(entry, Cancelled);
                Assert.True(status == HttpStatusCode.OK, $"{what}: {answer}");
            }
        }
        finally
        {
            await helm.UninstallAsync();
        }
    }

    [Fact]
    public async Task The_operator_may_do_what_its_code_does_and_no_more()
    {
        HelmFixture.SkipWithoutHelm();
        try
        {
            await helm.InstallAsync();
            foreach (var (verb, group, resource) in Needed())
                Assert.True(await helm.MayAsync(verb, group, resource, "elsewhere"), $"{verb} {resource}");
            const string coordination = "coordination.k8s.io";
            foreach (var verb in (string[])["get", "create", "patch"])
                Assert.True(await helm.MayAsync(verb, coordination, "leases", HelmFixture.SystemNamespace, "deepfake-operator"), $"{verb} its lease");

            Assert.False(await helm.MayAsync("list", "", "secrets", "elsewhere"));
            Assert.False(await helm.MayAsync("create", "", "pods", "elsewhere"));
            Assert.False(await helm.MayAsync("delete", "", "pods", "elsewhere"));
            Assert.False(await helm.MayAsync("list", "", "configmaps", "elsewhere"));
            Assert.False(await helm.MayAsync("patch", "batch", "jobs", "elsewhere"));
            Assert.False(await helm.MayAsync("create", Ours, "scanjobs", "elsewhere"));
            Assert.False(await helm.MayAsync("patch", Ours, "detectors", "elsewhere"));
            Assert.False(await helm.MayAsync("patch", coordination, "leases", "kube-system", "kube-scheduler"));
            Assert.False(await helm.MayAsync("patch", coordination, "leases", HelmFixture.SystemNamespace, "another"));
            Assert.False(await helm.MayAsync("create", "rbac.authorization.k8s.io", "clusterroles", ""));
        }
        finally
        {
            await helm.UninstallAsync();
        }
    }

    [Fact]
    public async Task With_one_namespace_there_are_no_rights_outside_it()
    {
        HelmFixture.SkipWithoutHelm();
        try
        {
            await helm.InstallAsync("--set", "watchNamespace=moderation");
            foreach (var (verb, group, resource) in Needed().Where(need => !need.Resource.StartsWith("clusterdetectors", StringComparison.Ordinal)))
            {
                Assert.True(await helm.MayAsync(verb, group, resource, "moderation"), $"{verb} {resource}");
                Assert.False(await helm.MayAsync(verb, group, resource, "elsewhere"), $"{verb} {resource} elsewhere");
            }
            Assert.False(await helm.MayAsync("list", Ours, "clusterdetectors", ""));
        }
        finally
        {
            await helm.UninstallAsync();
        }
    }

    [Fact]
    public async Task The_sample_ScanJob_fits_the_CRDs_that_come_with_the_chart()
    {
        HelmFixture.SkipWithoutHelm();
        try
        {
            await helm.InstallAsync();
            var sample = Repository.PathOf("samples", "scanjob.yaml");
            await helm.Manifests.ApplyFileAsync(sample, Cancelled);
            // As the demo fills it in.
            await helm.Manifests.ApplyAsync(ScanJobManifest.Load(sample, "127.0.0.1:9092", "/corpus"), Cancelled);
        }
        finally
        {
            await helm.UninstallAsync();
        }
    }

    [Fact]
    public async Task An_archive_of_the_chart_holds_what_its_links_point_to()
    {
        HelmFixture.SkipWithoutHelm();
        var folder = Directory.CreateTempSubdirectory("chart-");
        try
        {
            await helm.RunAsync("package", HelmFixture.Chart, "--destination", folder.FullName);
            var packed = await ReadAsync(Assert.Single(folder.GetFiles()).FullName);
            foreach (var crd in Directory.EnumerateFiles(Repository.PathOf("crds"), "*.yaml"))
                Assert.Equal(await File.ReadAllTextAsync(crd, Cancelled), packed["deepfake-operator/crds/" + Path.GetFileName(crd)]);
            Assert.Equal(
                await File.ReadAllTextAsync(Repository.PathOf("models", "upsampling-trace", "detector.yaml"), Cancelled),
                packed["deepfake-operator/files/upsampling-trace.yaml"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("replcias=2", "replcias")]
    [InlineData("serviceAccount.create=false", "serviceAccount")]
    [InlineData("watchNamespace=a_b", "watchNamespace")]
    public async Task A_wrong_value_is_refused_by_name(string setting, string name)
    {
        HelmFixture.SkipWithoutHelm();
        var (exitCode, _, errors) = await helm.TryAsync("template", HelmFixture.Chart, "--set", setting);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(name, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chart_is_free_of_lint()
    {
        HelmFixture.SkipWithoutHelm();
        await helm.RunAsync("lint", "--strict", HelmFixture.Chart);
    }

    [Fact]
    public async Task The_demo_runs_the_operator_as_the_chart_does()
    {
        HelmFixture.SkipWithoutHelm();
        var chart = ManifestApplier.Parse(await helm.RunAsync(
            "template", HelmFixture.Release, HelmFixture.Chart, "--namespace", HelmFixture.SystemNamespace,
            "--set", "image.tag=dev", "--set", "workerImage.tag=dev"));
        var path = Repository.PathOf("tests", "DeepfakeOperator.Demo", "operator.yaml");
        var demo = ManifestApplier.Parse(await File.ReadAllTextAsync(path, Cancelled));
        AssertSame(chart, demo, "Deployment", deployment => deployment["spec"]!["template"]!["spec"]);
        AssertSame(chart, demo, "ServiceAccount", account => account["automountServiceAccountToken"]);
        AssertSame(chart, demo, "Role", role => role["rules"]);
        foreach (var kind in (string[])["ClusterRoleBinding", "RoleBinding"])
        {
            AssertSame(chart, demo, kind, binding => binding["roleRef"]);
            AssertSame(chart, demo, kind, binding => binding["subjects"]);
        }
    }

    private static void AssertSame(IReadOnlyList<JsonObject> chart, IReadOnlyList<JsonObject> demo, string kind, Func<JsonObject, JsonNode?> part)
    {
        JsonNode Of(IReadOnlyList<JsonObject> objects) => part(Assert.Single(objects, entry => (string?)entry["kind"] == kind))!;
        Assert.True(JsonNode.DeepEquals(Of(chart), Of(demo)), $"{kind}: the chart has {Of(chart)}, the demo {Of(demo)}");
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string archive)
    {
        var files = new Dictionary<string, string>();
        await using var unzipped = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        while (await tar.GetNextEntryAsync(cancellationToken: Cancelled) is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var content = new StreamReader(entry.DataStream);
            files[entry.Name] = await content.ReadToEndAsync(Cancelled);
        }
        return files;
    }

    /// <summary>Each call that the operator's code makes.</summary>
    private static IEnumerable<(string Verb, string Group, string Resource)> Needed()
    {
        var calls = new (string Group, string Resource, string Verbs)[]
        {
            (Ours, "scanjobs", "list watch patch delete"),
            (Ours, "scanjobs/status", "patch"),
            (Ours, "detectors", "list watch"),
            (Ours, "detectors/status", "patch"),
            (Ours, "clusterdetectors", "list watch"),
            (Ours, "clusterdetectors/status", "patch"),
            ("batch", "jobs", "list watch create delete"),
            ("", "pods", "list watch"),
            ("", "configmaps", "get create patch delete"),
            ("", "secrets", "get"),
            ("", "events", "create get patch"),
        };
        return calls.SelectMany(call => call.Verbs.Split(' ').Select(verb => (verb, call.Group, call.Resource)));
    }
}
