using System.CommandLine;
using System.Text.Json;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Scanning;
using Prometheus;

namespace DeepfakeOperator.Worker;

/// <summary><c>scan</c>: work shards off until SIGTERM. Exits with 0 after a drain, and with 1 and a termination message when this pod can do no more.</summary>
internal static class ScanCommand
{
    internal static Command Build()
    {
        var slot = new Option<int>("--slot") { Description = "Number of this worker among the job's.", Required = true };
        var configuration = new Option<string>("--configuration") { Description = "File with the job and its detectors as JSON.", Required = true };
        var kafkaSecret = new Option<string?>("--kafka-secret") { Description = "Folder with the Kafka secret, one file a key." };
        var mediaSecret = new Option<string?>("--media-secret") { Description = "Folder with the object store's credentials, one file a key." };
        var detectorSecrets = new Option<string?>("--detector-secrets") { Description = "Folder with one folder for each Secret that a detector names." };
        var scratch = new Option<string>("--scratch") { Description = "Folder for fetched media.", Required = true };
        var port = new Option<int>("--port") { Description = "Port of /metrics, /healthz and /readyz.", DefaultValueFactory = _ => 8080 };
        var termination = new Option<string?>("--termination-message") { Description = "File for the last words when this pod can do no more." };
        var command = new Command("scan", "Work off the shards of a ScanJob.")
        {
            slot, configuration, kafkaSecret, mediaSecret, detectorSecrets, scratch, port, termination,
        };
        command.SetAction(async (arguments, _) =>
        {
            var lastWords = new LastWords(arguments.GetValue(termination));
            try
            {
                var scan = await ReadAsync(arguments.GetRequiredValue(configuration));
                var kafka = KafkaClientSettings.Of(scan.Spec.Source.Kafka, await SecretAsync(arguments.GetValue(kafkaSecret)));
                var options = new ScanPipelineOptions
                {
                    ScratchFolder = arguments.GetRequiredValue(scratch),
                    MediaSecretFolder = arguments.GetValue(mediaSecret),
                    DetectorSecretsFolder = arguments.GetValue(detectorSecrets),
                };
                await RunAsync(scan, kafka, arguments.GetValue(slot), options, arguments.GetValue(port));
                return 0;
            }
            catch (Exception error) when (error is PodFatalException or FormatException)
            {
                await Console.Error.WriteLineAsync(error.Message);
                await lastWords.LeaveAsync(error.Message, CancellationToken.None);
                return 1;
            }
            catch (Exception error)
            {
                // Our own mistake: the type and the place help whoever reads the condition more than silence does.
                await Console.Error.WriteLineAsync(error.ToString());
                await lastWords.LeaveAsync($"the worker broke: {error.GetType().Name}: {error.Message}", CancellationToken.None);
                return 1;
            }
        });
        return command;
    }

    private static async Task RunAsync(ScanConfiguration scan, KafkaClientSettings kafka, int slot, ScanPipelineOptions options, int port)
    {
        if (scan.Spec.Results.Dapr is not null) throw new PodFatalException("spec.results.dapr is not supported by this version of the worker; remove it");
        var builder = WebApplication.CreateSlimBuilder();
        WorkerLog.Configure(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
        await using var app = builder.Build();
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        ShardWorker? worker = null;
        app.MapMetrics();
        app.MapGet("/healthz", () => worker is { IsStuck: true } ? Results.Text("stuck", statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ok"));
        app.MapGet("/readyz", () => worker is { IsReady: true } ? Results.Text("ok") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        await app.StartAsync();
        var drain = app.Lifetime.ApplicationStopping;

        try
        {
            await using var pipeline = await ScanPipeline.StartAsync(scan, options with { LoggerFactory = logs }, drain);
            await using (worker = new ShardWorker(scan, new ShardWorkerOptions { Slot = slot, Kafka = kafka, LoggerFactory = logs }, pipeline.SubmitAsync))
            {
                app.Logger.LogInformation("slot {Slot} of {Namespace}/{Name} scans on {Provider}", slot, scan.Namespace, scan.Name, pipeline.Provider);
                await worker.RunAsync(drain);
            }
            app.Logger.LogInformation("drained");
        }
        catch (OperationCanceledException) when (drain.IsCancellationRequested)
        {
            // Told to stop while it was starting: nothing was begun.
        }
        finally
        {
            await app.StopAsync();
        }
    }

    private static async Task<ScanConfiguration> ReadAsync(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ScanConfiguration>(await File.ReadAllBytesAsync(path), ApiJson.Options) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new PodFatalException($"the job's configuration {path} cannot be read: {error.Message}. Operator and worker image must be of one version", error);
        }
    }

    /// <summary>A mounted secret: one file a key, beside links and folders of Kubernetes' own that begin with two dots.</summary>
    private static async Task<IReadOnlyDictionary<string, byte[]>?> SecretAsync(string? folder)
    {
        if (folder is null) return null;
        var secret = new Dictionary<string, byte[]>();
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith("..", StringComparison.Ordinal)))
                secret[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PodFatalException($"the secret of spec.source.kafka.authSecretRef cannot be read: {error.Message}", error);
        }
        return secret;
    }
}
