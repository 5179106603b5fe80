using System.CommandLine;
using DeepfakeOperator.Parity;

var models = new Option<string?>("--models") { Description = "Folder with weights of published models, and golden/ with their outputs." };
var detectors = new Option<string>("--detectors") { Description = "Folder with detectors as YAML.", DefaultValueFactory = _ => "samples/detectors" };
var root = new RootCommand("Runs published detectors from their YAML and compares what they give with golden outputs; fails on a miss.") { models, detectors };
root.SetAction(async (arguments, ct) =>
{
    var folder = arguments.GetValue(models);
    if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder)) Console.WriteLine($"there is no folder {folder}");
    var run = new ParityRun(Directory.Exists(folder) ? new PublishedFiles(folder) : null);
    foreach (var detector in DetectorYaml.Read(arguments.GetRequiredValue(detectors))) await run.CheckAsync(detector, ct);
    Console.WriteLine(run.LastLine);
    return run.Failed > 0 ? 1 : 0;
});
return await root.Parse(args).InvokeAsync();
