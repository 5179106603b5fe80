using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace DeepfakeOperator.DevCluster.Kafka;

/// <summary>
/// librdkafka's mock cluster, in this process, through the very library that Confluent.Kafka loaded. It keeps 5 MiB a partition, cannot create or
/// delete topics on request, stores no transactional offsets and hides nothing that was aborted: enough for a demo, never for a proof.
/// </summary>
internal sealed partial class MockKafka : KafkaServer
{
    private readonly IProducer<Null, Null> handle;
    private readonly nint cluster;
    private readonly string whyNoDocker;

    // Confluent.Kafka ships several builds of librdkafka and loads the one that fits; a second one beside it would know nothing of its handles.
    static MockKafka() => NativeLibrary.SetDllImportResolver(typeof(MockKafka).Assembly, (name, _, _) =>
        name == "librdkafka" ? NativeLibrary.Load(LoadedLibrary()) : 0);

    public MockKafka(string whyNoDocker)
    {
        this.whyNoDocker = whyNoDocker;
        // Any client will do: the mock needs an rd_kafka_t to live in.
        handle = new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = "127.0.0.1:1" })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        cluster = NewCluster(NativeHandle(handle), 1);
        if (cluster == 0) throw new DevClusterException("librdkafka's mock cluster did not start");
        // It names no controller of its own accord, and clients wait for one before they ask anything of an administrator.
        if (SetController(cluster, 1) != 0) throw new DevClusterException("librdkafka's mock cluster did not take its broker for the controller");
        BootstrapServers = Marshal.PtrToStringUTF8(Bootstraps(cluster))!;
    }

    public override string BootstrapServers { get; }

    public override string Kind => "mock";

    public override string Reason =>
        $"kafka: librdkafka's mock on {BootstrapServers}, neither KAFKA_BOOTSTRAP nor KAFKA_HOME is set, and {whyNoDocker}; "
        + "no proof of exactly-once with it";

    public override bool SupportsTransactions => false;

    public override Task CreateTopicAsync(string name, int partitions)
    {
        var error = CreateTopic(cluster, name, partitions, 1);
        return error == 0 ? Task.CompletedTask : throw new DevClusterException($"the mock could not make topic {name}: error {error}");
    }

    public override Task StopAsync() => throw new NotSupportedException("the mock keeps nothing over a restart");

    public override Task StartAgainAsync(CancellationToken cancellationToken) => StopAsync();

    public override ValueTask DisposeAsync()
    {
        DestroyCluster(cluster);
        handle.Dispose();
        return ValueTask.CompletedTask;
    }

    // Confluent.Kafka keeps the rd_kafka_t behind its own SafeHandle.
    private static nint NativeHandle(IClient client)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var safe = client.Handle.GetType().GetProperty("LibrdkafkaHandle", Any)!.GetValue(client.Handle)!;
        return ((SafeHandle)safe).DangerousGetHandle();
    }

    private static string LoadedLibrary() => File.ReadLines("/proc/self/maps").Where(line => line.Contains("librdkafka", StringComparison.Ordinal))
        .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).First();

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_mock_set_controller_id")]
    private static partial int SetController(nint cluster, int broker);

    [LibraryImport("librdkafka", EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);
}
