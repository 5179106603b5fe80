using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DeepfakeOperator.Fuzz;
using Spectre.Console;

// How the run starts the process that may die.
if (args is ["worker", var folder, var number, var trap])
    return await new FuzzWorker(folder, int.Parse(number, CultureInfo.InvariantCulture), trap).RunAsync(CancellationToken.None);

var files = new Option<int>("--files") { Description = "Files to make and send.", DefaultValueFactory = _ => 10_000 };
var seed = new Option<int>("--seed") { Description = "Makes the mutations.", DefaultValueFactory = _ => 1 };
var only = new Option<int?>("--only") { Description = "Just the file of this number, which is then kept." };
var keep = new Option<string>("--keep") { Description = "Folder for files that missed a goal.", DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz") };
var root = new RootCommand("Sends mutated and hostile files through the worker's fetch and decode stages; fails when one crashes it, hangs or calls out.") { files, seed, only, keep };
root.SetAction(async (arguments, cancellationToken) =>
{
    if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;
    var started = Stopwatch.StartNew();
    var options = new FuzzOptions(arguments.GetValue(files), arguments.GetValue(seed), arguments.GetValue(only), arguments.GetValue(keep));
    var outcome = await new FuzzRun(options, line => AnsiConsole.MarkupLineInterpolated($"[grey]{started.Elapsed:mm\\:ss}[/] {line}")).RunAsync(cancellationToken);
    AnsiConsole.Profile.Out.Writer.WriteLine(outcome);
    return outcome.IsClean ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
