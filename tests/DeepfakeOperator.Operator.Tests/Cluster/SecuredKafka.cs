using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>
/// A broker of one's own with three doors: one for the test, who may do anything; one with a password, whose user may do what the test grants; and
/// one that is
/// reached through a port of the test's choosing, where a <see cref="KafkaProxy"/> stands.
/// </summary>
internal sealed class SecuredKafka : KafkaServer
{
    public const string User = "scanner";
    public const string Password = "open-sesame";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _home;
    private readonly string _folder = Directory.CreateTempSubdirectory("secured-kafka-").FullName;
    private readonly int[] _ports = FreePort.Take(5);
    private ServerProcess? _server;

    private SecuredKafka(string home) => _home = home;

    public override string BootstrapServers => $"127.0.0.1:{_ports[0]}";

    public string SaslServers => $"127.0.0.1:{_ports[1]}";

    /// <summary>Where the broker listens behind the proxy, and where it says that the proxy does.</summary>
    public int BehindProxy => _ports[2];

    public int ProxyPort => _ports[3];

    public override string Kind => "kafka";

    public override string Reason => "KAFKA_HOME, with a password and access control";

    private static readonly Dictionary<string, string> Java = new()
    {
        ["KAFKA_HEAP_OPTS"] = "-Xms128m -Xmx384m",
        ["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    };

    /// <summary>Null where there is no distribution to start.</summary>
    public static async Task<SecuredKafka?> StartAsync(CancellationToken cancellation)
    {
        if (ServerEnvironment.Current.GetValueOrDefault("KAFKA_HOME") is not { Length: > 0 } home) return null;
        var kafka = new SecuredKafka(home);
        try
        {
            await kafka.FormatAsync(cancellation);
            await kafka.StartAgainAsync(cancellation);
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the user with the password do something with the thing of that name; <c>name*</c>: with all that begin so.</summary>
    public async Task AllowAsync(ResourceType type, string name, params AclOperation[] operations)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        // To the broker "*" alone is everything, and no prefix.
        var isPrefix = name.Length > 1 && name.EndsWith('*');
        await admin.CreateAclsAsync(operations.Select(operation => new AclBinding
        {
            Pattern = new ResourcePattern
            {
                Type = type,
                Name = isPrefix ? name[..^1] : name,
                ResourcePatternType = isPrefix ? ResourcePatternType.Prefixed : ResourcePatternType.Literal,
            },
            Entry = new AccessControlEntry
            {
                Principal = "User:" + User,
                Host = "*",
                Operation = operation,
                PermissionType = AclPermissionType.Allow,
            },
        }));
    }

    public override Task StopAsync() => _server!.KillAsync();

    public override async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = await ServerProcess.StartAsync(
            "kafka", Path.Combine(_folder, "kafka.log"), Path.Combine(_home, "bin", "kafka-server-start.sh"), [Configuration], WithLogs(),
                cancellationToken);
        await _server.WaitUntilAsync(_ => Task.Run(Answers, cancellationToken), Patience, cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.KillAsync();
            await _server.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration => Path.Combine(_folder, "server.properties");

    private Dictionary<string, string> WithLogs() => new(Java) { ["LOG_DIR"] = _folder };

    private async Task FormatAsync(CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(
            Configuration,
            $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=127.0.0.1:{_ports[4]}
            listeners=PLAINTEXT://{BootstrapServers},SASL://{SaslServers},PROXIED://127.0.0.1:{BehindProxy},CONTROLLER://127.0.0.1:{_ports[4]}
            advertised.listeners=PLAINTEXT://{BootstrapServers},SASL://{SaslServers},PROXIED://127.0.0.1:{ProxyPort}
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,SASL:SASL_PLAINTEXT
            inter.broker.listener.name=PLAINTEXT
            controller.listener.names=CONTROLLER
            sasl.enabled.mechanisms=PLAIN
            listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{User}="{Password}";
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            super.users=User:ANONYMOUS
            log.dirs={Path.Combine(_folder, "data")}
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            """,
            cancellation);
        await using var format = await ServerProcess.StartAsync(
            "kafka-storage",
            Path.Combine(_folder, "format.log"),
            Path.Combine(_home, "bin", "kafka-storage.sh"),
            ["format", "--standalone", "-t", Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-')
                .Replace('/', '_'), "-c", Configuration],
            WithLogs(),
            cancellation);
        await format.WaitForSuccessAsync(cancellation);
    }

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
}
