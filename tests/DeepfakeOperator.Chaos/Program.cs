using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DeepfakeOperator.Chaos;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.Kafka;
using Spectre.Console;

// How the run starts its own worker processes.
if (args is ["worker", var bootstrap, var job, var partitions, var slot, var rate, var journal])
{
    var culture = CultureInfo.InvariantCulture;
    return await ScriptedWorker.RunAsync(bootstrap, job, int.Parse(partitions, culture), int.Parse(slot, culture), double.Parse(rate, culture), journal);
}

var items = new Option<int>("--items") { Description = "Items of the job.", DefaultValueFactory = _ => 100_000 };
var kills = new Option<int>("--kills") { Description = "Workers to end with SIGKILL.", DefaultValueFactory = _ => 100 };
var seed = new Option<int>("--seed") { Description = "Makes whom and when.", DefaultValueFactory = _ => 1 };
var restart = new Option<bool>("--restart-broker") { Description = "Kill and restart the broker half-way, too." };
var root = new RootCommand("Kills workers at random and accounts for every item.") { items, kills, seed, restart };
root.SetAction(async (arguments, cancellationToken) =>
{
    var started = Stopwatch.StartNew();
    void Say(string line) => AnsiConsole.MarkupLineInterpolated($"[grey]{started.Elapsed:mm\\:ss}[/] {line}");
    await using var kafka = await KafkaServer.StartAsync(ServerEnvironment.Current, cancellationToken);
    Say(kafka.Reason);
    if (!kafka.SupportsTransactions)
    {
        AnsiConsole.MarkupLine("[red]exactly-once needs a real Kafka; set KAFKA_HOME to a distribution[/]");
        return 1;
    }
    var options = new ChaosOptions(arguments.GetValue(items), arguments.GetValue(kills), arguments.GetValue(seed), arguments.GetValue(restart));
    var outcome = await new ChaosRun(kafka, options, Say).RunAsync(cancellationToken);
    AnsiConsole.Profile.Out.Writer.WriteLine(outcome);
    return outcome.IsExact && outcome.Kills == options.Kills ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
