using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class KilledOperatorTests(TestCluster cluster, ITestOutputHelper output)
{
    private const int Items = 400;

    [Fact]
    public async Task A_job_outlives_operators_that_are_killed_before_and_after_every_kind_of_write()
    {
        var (scenario, kafka) = await Scenario.NewSecuredAsync(cluster);
        var hazard = new Hazard(seed: 7, atRandom: 4);
        await using var brokerProxy = new KafkaProxy(kafka.ProxyPort, kafka.BehindProxy, hazard);
        await using var apiProxy = await KubernetesProxy.StartAsync(cluster.Kubernetes, hazard);
        var kubeconfig = Path.Combine(Directory.CreateTempSubdirectory("proxied-").FullName, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, apiProxy.Kubeconfig, TestCluster.Cancellation);

        await scenario.PublishAsync(Items);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync(spec => spec with
        {
            Source = spec.Source with { Kafka = spec.Source.Kafka with { BootstrapServers = $"127.0.0.1:{kafka.ProxyPort}" } },
        });
        await using (scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(40)))
        {
            await LiveAsync(scenario, hazard, kubeconfig, async () => (await scenario.ScanJobAsync())?.Status is
            {
                Phase: ScanJobPhase.Succeeded, Replicas: 0, Workers: { Ready: 0, Draining: 0 },
            });
        }
        job = (await scenario.ScanJobAsync())!;
        Assert.Equal(Items, job.Status!.Items.Processed);
        Assert.Equal(Items, job.Status.Items.Fake + job.Status.Items.Real);
        Shards.AssertEachOnce(scenario.DealtShards(job), Items);
        Assert.Empty(await scenario.WorkerJobsAsync());

        await scenario.DeleteScanJobAsync();
        await LiveAsync(scenario, hazard, kubeconfig, async () => await scenario.ScanJobAsync() is null);
        await scenario.AssertNothingIsLeftAsync(job);
        Assert.Empty((await cluster.Kubernetes.BatchV1.ListNamespacedJobAsync(scenario.Namespace,
            cancellationToken: TestCluster.Cancellation)).Items);

        foreach (var (death, age) in hazard.Deaths.Zip(hazard.Ages)) output.WriteLine($"{death} at {age.TotalSeconds:0.0} s");
        // Each of these was met twice at least; the rest depends on how far the earlier ones let it come.
        foreach (var write in (string[])[
            "PATCH scanjobs", "PATCH scanjobs/status", "POST jobs", "PATCH configmaps", "DELETE jobs", "CreateTopics", "InitProducerId", "Produce",
                "EndTxn", "DeleteTopics"])
        {
            Assert.Contains($"before {write}", hazard.Deaths);
            Assert.Contains($"after {write}", hazard.Deaths);
        }
    }

    /// <summary>One operator after the other, until the goal is reached.</summary>
    private static async Task LiveAsync(Scenario scenario, Hazard hazard, string kubeconfig, Func<Task<bool>> reached)
    {
        for (var reachedIt = false; !reachedIt;)
        {
            await using var mortal = OperatorProcess.Start(kubeconfig, scenario.Namespace);
            var before = hazard.Deaths.Count;
            hazard.Aim(mortal.Id);
            await Eventually.TrueAsync(
                async () => mortal.HasExited || (reachedIt = await reached()), () => "the operator is dead or done", TimeSpan.FromSeconds(90));
            Assert.True(reachedIt || hazard.Deaths.Count > before, $"the operator ended by itself: {mortal.LogTail}");
        }
        hazard.Aim(0);
    }
}
