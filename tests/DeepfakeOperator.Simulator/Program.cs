using System.CommandLine;
using System.Globalization;
using DeepfakeOperator.Simulator;
using Spectre.Console;

var seed = new Option<int>("--seed") { Description = "Luck of the traces.", DefaultValueFactory = _ => 1 };
var seeds = new Option<int>("--seeds") { Description = "Run so many seeds, from --seed on, and print one line for each.", DefaultValueFactory = _ => 1 };
var write = new Option<string?>("--write") { Description = "Markdown page that keeps the table, between its marks." };
var tune = new Option<int>("--tune") { Description = "Try every threshold for KEDA on so many seeds, and print how each does." };
var root = new RootCommand("Plays traces to the autoscaler, to KEDA's formula and to an oracle, and to the dealer; fails when a goal is missed.") { seed, seeds, write, tune };
root.SetAction(async (arguments, cancellation) =>
{
    if (arguments.GetValue(tune) is > 0 and var tries)
    {
        var all = Enumerable.Range(arguments.GetValue(seed), tries).SelectMany(Traces.All).AsParallel().WithCancellation(cancellation).Select(KedaTuning.Try).ToList();
        foreach (var line in KedaTuning.Table(all)) Console.WriteLine(line);
        return 0;
    }
    var (first, count) = (arguments.GetValue(seed), arguments.GetValue(seeds));
    if (count <= 1) return await OneAsync(first, arguments.GetValue(write), cancellation);
    var worst = 0;
    for (var number = first; number < first + count; number++)
    {
        var score = new Score(Comparison.Run(Traces.All(number), cancellation));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {number}: {score.Line}"));
        foreach (var missed in score.Missed) Console.WriteLine($"  {missed}");
        if (!score.IsReached) worst = 1;
    }
    return worst;
});
return await root.Parse(args).InvokeAsync();

static async Task<int> OneAsync(int seed, string? page, CancellationToken cancellation)
{
    var rows = Comparison.Run(Traces.All(seed), cancellation);
    var score = new Score(rows);
    if (Console.IsOutputRedirected) Console.WriteLine(Report.Plain(rows));
    else Report.Draw(AnsiConsole.Console, rows);
    if (page is not null) await Page.WriteAsync(page, $"{Report.Markdown(rows)}\n\n`{score.Line}`", cancellation);
    foreach (var missed in score.Missed) await Console.Error.WriteLineAsync(missed);
    Console.WriteLine(score.Line);
    return score.IsReached ? 0 : 1;
}
