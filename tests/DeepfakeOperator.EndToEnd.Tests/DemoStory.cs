using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.Kafka;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A newcomer types `make demo`.</summary>
public sealed partial class DemoStory
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_scans_the_samples_and_ends_with_its_contract_line()
    {
        await using var demo = DemoProcess.Start();
        Assert.True(await demo.ExitAsync() == 0, demo.Output);
        var contract = Contract(demo.Output.TrimEnd().Split('\n')[^1]);
        var items = await Corpus.LoadAsync(Repository.PathOf("samples", "corpus"), _ => { }, Cancelled);
        // One file is broken and one is missing; whatever else becomes a dead letter is a defect.
        Assert.Equal("2", contract.Groups["failed"].Value);
        Assert.Equal(items.Count, int.Parse(contract.Groups["items"].ValueSpan, CultureInfo.InvariantCulture));
        // In a pipe every line is whole, without colour, and the demo's own: a time, a row of the table, or the last.
        Assert.All(demo.Output.TrimEnd().Split('\n'), line => Assert.Matches(@"^(\d\d:\d\d:\d\d \S|[╭├╰│].*[╮┤╯│]$|demo: )", line));
        Assert.DoesNotContain('\u001b', demo.Output);
    }

    [Fact]
    public async Task Ctrl_C_while_it_scans_leaves_no_process_and_no_file()
    {
        await using var demo = DemoProcess.Start();
        await demo.SaysAsync("applied scanjob");
        bool WorkerRuns() => demo.Processes().Any(process => process.Contains("DeepfakeOperator.Worker.dll", StringComparison.Ordinal));
        await demo.UntilAsync(WorkerRuns, "no worker ran");
        Assert.True(demo.Processes().Count >= 6, string.Join('\n', demo.Processes()));
        Assert.Single(demo.ClusterFolders);

        demo.Interrupt();
        Assert.Equal(130, await demo.ExitAsync());
        Assert.EndsWith("stopped; everything that was started is gone again", demo.Output.TrimEnd(), StringComparison.Ordinal);
        await demo.UntilGoneAsync();
    }

    [Fact]
    public async Task Ctrl_C_ends_it_also_while_the_files_are_read()
    {
        var folder = Directory.CreateTempSubdirectory("corpus-");
        try
        {
            // A pipe that nobody writes to: opening it waits for ever, as a network folder may.
            var pipe = Path.Combine(folder.FullName, Corpus.ManifestName);
            using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(Cancelled);
            await using var demo = DemoProcess.Start("--corpus", folder.FullName);
            await demo.SaysAsync("reading " + folder.FullName);
            demo.Interrupt();
            Assert.Equal(130, await demo.ExitAsync());
            Assert.Contains("stopped;", demo.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_broker_of_ones_own_is_left_as_it_was_and_files_of_ones_own_may_have_any_name()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KAFKA_HOME")), "KAFKA_HOME is not set");
        var environment = new Dictionary<string, string?>(ServerEnvironment.Current) { ["KAFKA_BOOTSTRAP"] = null };
        await using var kafka = await KafkaServer.StartAsync(environment, Cancelled);
        // What an earlier demo, or anybody, left under the sample's names is not ours to scan.
        await kafka.CreateTopicAsync("media-uploads", 1);
        var stranger = new CorpusItem("stranger", Encoding.UTF8.GetBytes("""{"uri": "file:///nowhere"}"""), null, null);
        await CorpusPublisher.PublishAsync(kafka.BootstrapServers, "media-uploads", [stranger], Cancelled);
        var folder = Directory.CreateTempSubdirectory("corpus-");
        try
        {
            foreach (var name in (string[])["50%41.jpg", "two\nlines.jpg"])
                File.Copy(Repository.PathOf("samples", "corpus", "inline-real.jpg"), Path.Combine(folder.FullName, name));

            await using (var demo = DemoProcess.StartOn(kafka.BootstrapServers, "--corpus", folder.FullName))
            {
                Assert.True(await demo.ExitAsync() == 0, demo.Output);
                AssertBothHaveVerdicts(demo.Output);
            }
            Assert.Equal(["media-uploads"], Topics(kafka));
            Assert.Empty(await GroupsAsync(kafka));

            await using (var demo = DemoProcess.StartOn(kafka.BootstrapServers, "--corpus", folder.FullName, "--keep"))
            {
                await demo.SaysAsync("the cluster stays up");
                AssertBothHaveVerdicts(demo.Output);
                demo.Interrupt();
                Assert.True(await demo.ExitAsync() == 0, demo.Output);
                var kept = Topics(kafka).Where(topic => topic != "media-uploads").ToList();
                Assert.Equal(3, kept.Count);
                Assert.All(kept, topic => Assert.Matches($"left on your broker.*{topic}", demo.Output));
                Assert.Empty(await GroupsAsync(kafka));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void AssertBothHaveVerdicts(string output)
    {
        var contract = Contract(output);
        Assert.Equal(("2", "0", "external"), (contract.Groups["items"].Value, contract.Groups["failed"].Value, contract.Groups["kafka"].Value));
    }

    private static Match Contract(string output)
    {
        var contract = ContractLine().Match(output);
        Assert.True(contract.Success, output);
        return contract;
    }

    /// <summary>Kafka's own topics aside.</summary>
    private static IEnumerable<string> Topics(KafkaServer kafka)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var topics = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics;
        return topics.Select(topic => topic.Topic).Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    private static async Task<IEnumerable<string>> GroupsAsync(KafkaServer kafka)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        return (await admin.ListConsumerGroupsAsync()).Valid.Select(group => group.GroupId);
    }

    [GeneratedRegex(@"^demo: phase=Succeeded items=(?<items>\d+) fake=\d+ real=\d+ inconclusive=\d+ notApplicable=\d+ " +
        @"failed=(?<failed>\d+) seconds=[\d.]+ kubernetes=\S+ kafka=(?<kafka>\S+)$", RegexOptions.Multiline)]
    private static partial Regex ContractLine();
}
