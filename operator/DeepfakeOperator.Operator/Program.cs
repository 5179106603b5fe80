using DeepfakeOperator.Operator;
using DeepfakeOperator.Operator.Runtime;
using Prometheus;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Logging.AddJsonConsole(format => format.UseUtcTimestamp = true);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(builder.Configuration.GetValue("port", 8080)));

// The only place that reads the environment: who and where this pod is.
var identity = Environment.GetEnvironmentVariable("POD_NAME") ?? $"{Environment.MachineName}-{Environment.ProcessId}";
var @namespace = Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "deepfake-system";
var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG");

if (builder.Configuration["worker-image"] is not { Length: > 0 } workerImage)
{
    await Console.Error.WriteLineAsync("--worker-image is missing: the image that worker pods run");
    return 2;
}
var options = new OperatorOptions
{
    WorkerImage = workerImage,
    Namespace = @namespace,
    Identity = identity,
    WatchNamespace = builder.Configuration["watch-namespace"] is { Length: > 0 } watched ? watched : null,
    LeaderElect = builder.Configuration.GetValue("leader-elect", true),
};

using var kubernetes = KubernetesConnection.Open(kubeconfig);
await using var app = builder.Build();
await using var host = new OperatorHost(kubernetes, options, TimeProvider.System, app.Services.GetRequiredService<ILoggerFactory>());
app.MapMetrics();
app.MapGet("/healthz", () => "ok");
app.MapGet("/readyz", () => host.IsSynced ? Results.Ok("ok") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));

await app.StartAsync();
try
{
    await host.RunAsync(app.Lifetime.ApplicationStopping);
    return 0;
}
catch (LeaseLostException lost)
{
    // Nothing is closed or waited for: what is under way must not outlive the lease.
    await Console.Error.WriteLineAsync($"{lost.Message}; ending, as another may lead");
    Environment.Exit(1);
    return 1;
}
finally
{
    await app.StopAsync();
}
