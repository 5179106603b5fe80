using System.CommandLine;
using DeepfakeOperator.Cli.Detectors;
using Spectre.Console;

namespace DeepfakeOperator.Cli.Scan;

/// <summary><c>scan</c>: local files and folders through the worker's own pipeline.</summary>
internal static class ScanCommand
{
    internal static Command Build(IAnsiConsole console, TextWriter output)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Media files, and folders with all that is below them.", Arity = ArgumentArity.ZeroOrMore,
        };
        var detectors = new Option<string[]>("--detector", "-d")
        {
            Description = "YAML file with Detector or ClusterDetector documents, also those that the detectors refer to by name; may be given again.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var model = CommonOptions.Model();
        var secrets = CommonOptions.Secrets();
        var format = CommonOptions.Output();
        var (minFace, frames) = (SamplingOptions.MinFace(), SamplingOptions.Frames());
        var raw = new Option<bool>("--raw") { Description = "With --output json, adds the raw values of the models' output tensors to each record." };
        var command = new Command("scan",
            "Scans local files without a cluster. With --output json one record a line, the very record that a worker writes to Kafka; an item "
            + "without a verdict ends as a record with error (class, stage, message), and the rest goes on. " + DeepfakeCommand.ExitCodes)
        {
            paths, detectors, model, secrets, minFace, frames, format, raw,
        };
        command.SetAction(async (arguments, ct) =>
        {
            var (media, files) = Split(arguments.GetValue(paths) ?? [], arguments.GetRequiredValue(detectors));
            var documents = await DetectorFiles.ReadAsync(files, ct);
            var problems = documents.SelectMany(document => document.Problems).ToArray();
            if (problems.Length > 0) throw new UsageException(string.Join(Environment.NewLine, problems));
            var json = arguments.GetValue(format) == OutputFormat.Json;
            if (arguments.GetValue(raw) && !json) throw new UsageException("--raw: only with --output json");
            var resolved = DetectorSet.Scoring(DetectorSet.Resolve(documents, arguments.GetValue(model) is { } path ? new ModelFiles(path) : null));
            var sampling = SamplingOptions.Of(arguments.GetValue(minFace), arguments.GetValue(frames));
            var scan = new LocalScan(resolved, sampling, arguments.GetValue(secrets), arguments.GetValue(raw));
            var items = LocalFiles.Under(media);
            return !json && console.Profile.Out.IsTerminal
                ? await ToTableAsync(console, scan, items, ct)
                : await ToLinesAsync(output, scan, items, json ? ResultLines.Json : ResultLines.Plain, ct);
        });
        return command;
    }

    /// <summary>
    /// In <c>scan --detector a.yaml photos/</c> the option takes the folder too; without a path before it, what is no YAML file is one.
    /// </summary>
    private static (string[] Media, string[] Detectors) Split(string[] paths, string[] detectors)
    {
        if (paths.Length == 0) (paths, detectors) = ([.. detectors.Where(file => !IsYaml(file))], [.. detectors.Where(IsYaml)]);
        if (paths.Length == 0) throw new UsageException("PATH: give the files or folders to scan");
        if (detectors.Length == 0) throw new UsageException("--detector: give a .yaml file");
        return paths.Any(string.IsNullOrWhiteSpace) ? throw new UsageException("PATH: must not be empty") : (paths, detectors);
    }

    private static bool IsYaml(string file) => Path.GetExtension(file).ToLowerInvariant() is ".yaml" or ".yml";

    private static async Task<int> ToLinesAsync(
        TextWriter output, LocalScan scan, IEnumerable<LocalItem> items, Func<ScannedItem, string> line, CancellationToken ct)
    {
        var failed = 0;
        await scan.RunAsync(items, async item =>
        {
            if (item.Outcome.Verdict is null) failed++;
            await output.WriteLineAsync(line(item).AsMemory(), ct);
        }, ct);
        return failed == 0 ? DeepfakeCommand.Ok : DeepfakeCommand.SomeFailed;
    }

    private static async Task<int> ToTableAsync(IAnsiConsole console, LocalScan scan, IEnumerable<LocalItem> items, CancellationToken ct)
    {
        var all = items.ToList();
        var table = new ResultTable();
        await console.Progress().StartAsync(async progress =>
        {
            var bar = progress.AddTask("scanning", maxValue: all.Count);
            await scan.RunAsync(all, item =>
            {
                table.Add(item);
                bar.Increment(1);
                return Task.CompletedTask;
            }, ct);
        });
        table.Write(console);
        return table.Failed == 0 ? DeepfakeCommand.Ok : DeepfakeCommand.SomeFailed;
    }
}
