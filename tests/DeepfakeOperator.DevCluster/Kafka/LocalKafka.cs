using System.Text.RegularExpressions;
using Confluent.Kafka;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.DevCluster.Kafka;

/// <summary>One node of a Kafka distribution in KRaft mode on loopback.</summary>
internal sealed partial class LocalKafka : KafkaServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string home;
    private readonly string folder = Workspace.NewFolder("kafka");
    private readonly int[] ports = FreePort.Take(2);
    private ServerProcess? server;

    private LocalKafka(string home) => this.home = home;

    public override string BootstrapServers => $"127.0.0.1:{ports[0]}";

    public override string Kind => Version() is { } version ? "kafka-" + version : "kafka";

    public override string Reason => $"kafka: {Kind} from {home}, as KAFKA_HOME says, started on {BootstrapServers}";

    private string ConfigurationPath => Path.Combine(folder, "server.properties");

    // The JVM is told to stay small: there is one topic of tests, not a data centre. Its own logs go where we can show them.
    private Dictionary<string, string> JavaEnvironment => new()
    {
        ["KAFKA_HEAP_OPTS"] = "-Xms256m -Xmx512m",
        ["LOG_DIR"] = folder,
        ["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    };

    public static async Task<KafkaServer> StartAsync(string home, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(home, "bin", "kafka-storage.sh")))
            throw new DevClusterException($"KAFKA_HOME is {home}, where there is no bin/kafka-storage.sh; correct it or unset it");
        var kafka = new LocalKafka(home);
        try
        {
            await kafka.FormatAsync(cancellationToken);
            await kafka.StartAgainAsync(cancellationToken);
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    public override async Task StopAsync()
    {
        if (server is not null) await server.KillAsync();
    }

    public override async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        server = ServerProcess.Start("kafka", Path.Combine(folder, "kafka.log"), Path.Combine(home, "bin", "kafka-server-start.sh"),
            [ConfigurationPath], JavaEnvironment);
        await server.WaitUntilAsync(_ => Task.Run(Answers, cancellationToken), Patience, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            // Nobody needs a clean shutdown of a broker whose data is deleted in the next line.
            await server.KillAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task FormatAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(ConfigurationPath, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=127.0.0.1:{ports[1]}
            listeners=PLAINTEXT://127.0.0.1:{ports[0]},CONTROLLER://127.0.0.1:{ports[1]}
            advertised.listeners=PLAINTEXT://127.0.0.1:{ports[0]}
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
            log.dirs={Path.Combine(folder, "data")}
            num.partitions=1
            offsets.topic.num.partitions=8
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=8
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            share.coordinator.state.topic.num.partitions=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            """, cancellationToken);
        var format = ServerProcess.Start("kafka-storage", Path.Combine(folder, "format.log"), Path.Combine(home, "bin", "kafka-storage.sh"),
            ["format", "--standalone", "-t", ClusterId(), "-c", ConfigurationPath],
            JavaEnvironment);
        await using (format) await format.WaitForSuccessAsync(cancellationToken);
    }

    // 16 bytes in URL-safe base64, of which the first is 0: an id that began with "-" would be taken for an option, once in 64 starts.
    private static string ClusterId() => System.Buffers.Text.Base64Url.EncodeToString([0, .. Guid.NewGuid().ToByteArray()[1..]]);

    private bool Answers()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private string? Version() => Directory.EnumerateFiles(Path.Combine(home, "libs"), "kafka-clients-*.jar")
        .Select(path => JarVersion().Match(path)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

    [GeneratedRegex(@"kafka-clients-([\d.]+\d)\.jar$")]
    private static partial Regex JarVersion();
}
