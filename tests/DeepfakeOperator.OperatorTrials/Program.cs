using System.CommandLine;
using System.Diagnostics;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.OperatorTrials;
using DeepfakeOperator.OperatorTrials.Chaos;
using DeepfakeOperator.OperatorTrials.Cluster;
using Spectre.Console;

var started = Stopwatch.StartNew();
void Say(string line) => AnsiConsole.MarkupLineInterpolated($"[grey]{started.Elapsed:mm\\:ss}[/] {line}");

var rounds = new Option<int>("--rounds") { Description = "Small jobs, and deaths of the operator.", DefaultValueFactory = _ => 50 };
var seed = new Option<int>("--seed") { Description = "Makes the order of the rounds and the moments of the deaths.", DefaultValueFactory = _ => 1 };
var chaos = new Command("chaos", "Kills the operator at random moments of small jobs, and accounts for every item and every topic.") { rounds, seed };
chaos.SetAction((arguments, cancellation) => OnClusterAsync(
    async cluster =>
    {
        var outcome = await new ChaosRun(cluster, arguments.GetValue(rounds), arguments.GetValue(seed), Say).RunAsync(cancellation);
        AnsiConsole.Profile.Out.Writer.WriteLine(outcome);
        return outcome.IsExact(arguments.GetValue(rounds));
    },
    cancellation));

var root = new RootCommand("Tries the operator, a process of its own, on a real API server and a real Kafka; pods are pretended.") { chaos };
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

async Task<int> OnClusterAsync(Func<TrialCluster, Task<bool>> trial, CancellationToken cancellation)
{
    try
    {
        await using var cluster = await TrialCluster.StartAsync(Say, cancellation);
        return await trial(cluster) ? 0 : 1;
    }
    catch (Exception error) when (error is TrialException or DevClusterException)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
        return 1;
    }
}
