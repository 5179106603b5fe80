using System.Net;
using System.Text;
using Confluent.Kafka;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.NodeAgents;

// What tests need as a process of its own.
using var stopping = new CancellationTokenSource();
using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});
return args switch
{
    ["serve", var port, var wellFile] => await ServeAsync(port, wellFile, stopping.Token),
    ["cluster", .. var manifests] => await ClusterAsync(manifests, stopping.Token),
    ["produce", var bootstrap, var topic, var text] => await ProduceAsync(bootstrap, topic, text),
    _ => 64,
};

// A pod with an HTTP server: / says which port it was told, /well answers 200 while a file is there and else 503.
static async Task<int> ServeAsync(string port, string wellFile, CancellationToken cancellationToken)
{
    using var listener = new HttpListener();
    listener.Prefixes.Add($"http://127.0.0.1:{port}/");
    listener.Start();
    using var stop = cancellationToken.Register(listener.Stop);
    while (!cancellationToken.IsCancellationRequested)
    {
        HttpListenerContext context;
        try
        {
            context = await listener.GetContextAsync();
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            return 0;
        }
        context.Response.StatusCode = context.Request.Url!.AbsolutePath != "/well" || File.Exists(wellFile) ? 200 : 503;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(port), cancellationToken);
        context.Response.Close();
    }
    return 0;
}

// A whole cluster, for somebody to look at or to kill.
static async Task<int> ClusterAsync(string[] manifests, CancellationToken cancellationToken)
{
    var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, Console.WriteLine, cancellationToken);
    await using var controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions(), binaries, cancellationToken);
    Console.WriteLine(controlPlane.Description);
    var options = new NodeAgentOptions { Images = new Dictionary<string, IReadOnlyList<string>> { ["shell"] = [] } };
    await using var agent = await NodeAgent.StartAsync(controlPlane, options, Console.WriteLine, cancellationToken);
    foreach (var manifest in manifests) await new ManifestApplier(controlPlane.Client).ApplyFileAsync(manifest, cancellationToken);
    Console.WriteLine("kubeconfig: " + controlPlane.KubeconfigPath);
    try
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("told to stop");
    }
    return 0;
}

static async Task<int> ProduceAsync(string bootstrap, string topic, string text)
{
    using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap, MessageTimeoutMs = 10_000 }).Build();
    var delivered = await producer.ProduceAsync(topic, new Message<string, string> { Key = text, Value = text });
    Console.WriteLine(delivered.TopicPartitionOffset);
    return 0;
}
