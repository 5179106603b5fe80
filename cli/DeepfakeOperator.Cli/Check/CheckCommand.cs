using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Cli.Detectors;
using DeepfakeOperator.Scanning;
using Spectre.Console;

namespace DeepfakeOperator.Cli.Check;

/// <summary><c>detector check</c>: does a detector do what its descriptor says?</summary>
internal static class CheckCommand
{
    internal static Command Build(IAnsiConsole console, TextWriter output)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "YAML files with Detector or ClusterDetector documents.", Arity = ArgumentArity.OneOrMore,
        };
        var model = CommonOptions.Model();
        var format = CommonOptions.Output();
        var command = new Command("check",
            "Checks detectors: the YAML as the API server would, the model's sha256, its tensors, and that it reproduces the conformance outputs; "
            + "says which field is likely wrong. " + DeepfakeCommand.ExitCodes) { files, model, format };
        command.SetAction(async (arguments, ct) =>
        {
            var documents = await DetectorFiles.ReadAsync(arguments.GetRequiredValue(files), ct);
            var found = arguments.GetValue(model) is { } path ? new ModelFiles(path) : null;
            var reports = await RunAsync(documents, found, ct);
            if (arguments.GetValue(format) == OutputFormat.Json) await WriteJsonAsync(output, reports, ct);
            else if (console.Profile.Out.IsTerminal) WriteTable(console, reports);
            else await WriteLinesAsync(output, reports, ct);
            return reports.All(report => report.Passed) ? DeepfakeCommand.Ok : DeepfakeCommand.SomeFailed;
        });
        return command;
    }

    private static async Task<IReadOnlyList<CheckReport>> RunAsync(IReadOnlyList<DetectorDocument> documents, ModelFiles? files, CancellationToken ct)
    {
        using var scratch = new ScratchFolder();
        var options = new ScanPipelineOptions { ScratchFolder = scratch.Path };
        var sound = DetectorSet.Resolve([.. documents.Where(document => document.Spec is not null)], files);
        var reports = new List<CheckReport>();
        foreach (var document in documents)
        {
            reports.Add(document.Spec is null
                ? new CheckReport(document.Name, false, "DescriptorInvalid", Problems(document, files, documents.Count == 1), null, null)
                : CheckReport.Of(
                    document.Name, await DetectorConformance.CheckAsync(sound.Single(found => found.Name == document.Name), options, ct)));
        }
        return reports;
    }

    /// <summary>Where only the sha256 is missing and the file is at hand, it is told what to write.</summary>
    private static string Problems(DetectorDocument document, ModelFiles? files, bool only)
    {
        var problems = string.Join("; ", document.Problems);
        return document.LacksModelSha256 && document.ModelUri is { } uri && files?.Find(uri, null, only) is { } file
            ? $"{problems}; that of {Path.GetFileName(file)} is {files.Sha256(file)}"
            : problems;
    }

    private static async Task WriteJsonAsync(TextWriter output, IReadOnlyList<CheckReport> reports, CancellationToken ct)
    {
        foreach (var report in reports) await output.WriteLineAsync(JsonSerializer.Serialize(report, ApiJson.Options).AsMemory(), ct);
    }

    private static async Task WriteLinesAsync(TextWriter output, IReadOnlyList<CheckReport> reports, CancellationToken ct)
    {
        foreach (var report in reports)
        {
            var line = string.Join('\t', report.Passed ? "passed" : "failed", report.Detector, report.Reason, report.Message);
            await output.WriteLineAsync(line.AsMemory(), ct);
        }
    }

    private static void WriteTable(IAnsiConsole console, IReadOnlyList<CheckReport> reports)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Detector", "Check", "Provider", "Worst difference", "What was found");
        foreach (var report in reports)
        {
            table.AddRow(
                new Text(report.Detector),
                new Text(report.Reason, report.Passed ? Color.Green : Color.Red),
                new Text(report.Provider ?? ""),
                new Text(report.WorstDelta?.ToString("G3", CultureInfo.InvariantCulture) ?? ""),
                new Text(report.Message));
        }
        console.Write(table);
    }
}
