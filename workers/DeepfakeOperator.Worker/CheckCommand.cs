using System.CommandLine;
using System.Text.Json;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Worker;

/// <summary><c>check</c>: does a detector do what its descriptor says? The answer, either way, is the termination message.</summary>
internal static class CheckCommand
{
    internal static Command Build()
    {
        var detector = new Option<string>("--detector") { Description = "File with the detector's name and descriptor as JSON.", Required = true };
        var scratch = new Option<string>("--scratch") { Description = "Folder for temporary files.", Required = true };
        var secrets = new Option<string?>("--detector-secrets") { Description = "Folder with one folder for each Secret that the detector names." };
        var termination = new Option<string?>("--termination-message") { Description = "File that the answer is left in." };
        var command = new Command("check", "Load a detector's model and compare its conformance outputs.") { detector, scratch, secrets, termination };
        command.SetAction((arguments, ct) => RunAsync(
            arguments.GetRequiredValue(detector), arguments.GetRequiredValue(scratch), arguments.GetValue(secrets), new LastWords(arguments.GetValue(termination)), ct));
        return command;
    }

    private static async Task<int> RunAsync(string detector, string scratch, string? secrets, LastWords lastWords, CancellationToken ct)
    {
        using var logs = LoggerFactory.Create(WorkerLog.Configure);
        ResolvedDetector resolved;
        try
        {
            resolved = JsonSerializer.Deserialize<ResolvedDetector>(await File.ReadAllBytesAsync(detector, ct), ApiJson.Options) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            await lastWords.LeaveAsync($"{detector} cannot be read: {error.Message}", ct);
            return 1;
        }
        var options = new ScanPipelineOptions { ScratchFolder = scratch, DetectorSecretsFolder = secrets, LoggerFactory = logs };
        var check = await DetectorConformance.CheckAsync(resolved, options, ct);
        await lastWords.LeaveAsync(JsonSerializer.Serialize(Fit(check), ApiJson.Options), ct);
        logs.CreateLogger("check").LogInformation("{Detector}: {Reason}: {Message}", resolved.Name, check.Reason, check.Message);
        // A detector that failed the check was checked: the answer is in the message, and asking again gives the same.
        return 0;
    }

    /// <summary>A message that was cut would be no JSON any more.</summary>
    private static DetectorCheck Fit(DetectorCheck check) => check.Message.Length <= 1500 ? check : check with { Message = check.Message[..1500] + "…" };
}
