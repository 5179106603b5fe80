using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>What goes wrong between a job and a broker that asks for a password and has access control.</summary>
public sealed class SecuredKafkaTests(TestCluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task A_wrong_password_and_every_way_to_get_the_secret_half_right()
    {
        var (scenario, kafka) = await PrepareAsync();
        await AllowAllAsync(scenario, kafka);
        var good = new Dictionary<string, string>
        {
            ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN", ["sasl.username"] = SecuredKafka.User,
                ["sasl.password"] = SecuredKafka.Password,
        };
        await scenario.CreateSecretAsync("auth", new(good) { ["sasl.password"] = "not-the-password" });
        await using var running = await scenario.OperatorAsync();
        await StalledAsync(scenario, Reasons.KafkaAuthenticationFailed, "authSecretRef");

        // The commonest half: without the protocol a client speaks plain text, and the broker says nothing at all.
        await scenario.CreateSecretAsync("auth", new(good.Where(pair => pair.Key != "security.protocol")));
        await StalledAsync(scenario, Reasons.SecretInvalid, "lacks the key 'security.protocol'");

        // The password under the wrong key: the client's complaint quotes it, ours must not.
        await scenario.CreateSecretAsync("auth", new(good) { ["security.protocol"] = "not-the-password" });
        await StalledAsync(scenario, Reasons.KafkaConfigurationInvalid, "security.protocol");

        await scenario.CreateSecretAsync("auth", good);
        await scenario.UntilPhaseAsync(ScanJobPhase.Running);
        Assert.DoesNotContain("not-the-password", await scenario.EventsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_topic_that_cannot_be_created()
    {
        var (scenario, kafka) = await PrepareAsync();
        await kafka.AllowAsync(ResourceType.Topic, "deepfake.*", AclOperation.All);
        await kafka.AllowAsync(ResourceType.Group, "deepfake*", AclOperation.All);
        await kafka.AllowAsync(TransactionalId, "*", AclOperation.All);
        await kafka.AllowAsync(ResourceType.Topic, scenario.Topic, AclOperation.Read, AclOperation.Describe);
        // All but to create them.
        await kafka.AllowAsync(ResourceType.Topic, scenario.Topic + "-verdicts*", AclOperation.Write, AclOperation.Describe);
        await scenario.CreateSecretAsync("auth", new()
        {
            ["security.protocol"] = "SASL_PLAINTEXT", ["sasl.mechanism"] = "PLAIN", ["sasl.username"] = SecuredKafka.User,
                ["sasl.password"] = SecuredKafka.Password,
        });
        await using var running = await scenario.OperatorAsync();
        await StalledAsync(scenario, Reasons.ResultTopicUnavailable, scenario.Topic + "-verdicts");
        await kafka.CreateTopicAsync(scenario.Topic + "-verdicts", 1);
        await StalledAsync(scenario, Reasons.ResultTopicUnavailable, scenario.Topic + "-verdicts-dlq");
        await kafka.AllowAsync(ResourceType.Topic, scenario.Topic + "-verdicts*", AclOperation.Create);
        await scenario.UntilPhaseAsync(ScanJobPhase.Running);
    }

    /// <summary>The protocol's number; the client library has no name for it.</summary>
    private const ResourceType TransactionalId = (ResourceType)5;

    private async Task<(Scenario Scenario, SecuredKafka Kafka)> PrepareAsync()
    {
        var (scenario, kafka) = await Scenario.NewSecuredAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with
        {
            Source =
                spec.Source with { Kafka = spec.Source.Kafka with { BootstrapServers = kafka.SaslServers, AuthSecretRef = new() { Name = "auth" } } },
        });
        return (scenario, kafka);
    }

    private static async Task AllowAllAsync(Scenario scenario, SecuredKafka kafka)
    {
        await kafka.AllowAsync(ResourceType.Topic, "deepfake.*", AclOperation.All);
        await kafka.AllowAsync(ResourceType.Topic, scenario.Topic, AclOperation.All);
        await kafka.AllowAsync(ResourceType.Topic, scenario.Topic + "-*", AclOperation.All);
        await kafka.AllowAsync(ResourceType.Group, "deepfake*", AclOperation.All);
        await kafka.AllowAsync(TransactionalId, "*", AclOperation.All);
    }

    private async Task StalledAsync(Scenario scenario, string reason, string part)
    {
        var message = await scenario.UntilStalledAsync(reason, part);
        output.WriteLine($"{reason}: {message}");
        Assert.DoesNotContain("not-the-password", message, StringComparison.Ordinal);
        Assert.DoesNotContain(SecuredKafka.Password, message, StringComparison.Ordinal);
    }
}
