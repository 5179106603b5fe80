using System.CommandLine;
using System.Runtime.InteropServices;
using DeepfakeOperator.Demo;
using DeepfakeOperator.DevCluster;
using Spectre.Console;

var corpus = new Option<string>("--corpus")
{
    Description = "Folder of media files to scan instead of the sample corpus.",
    DefaultValueFactory = _ => Repository.PathOf("samples", "corpus"),
};
var keep = new Option<bool>("--keep") { Description = "Leave the cluster up when done, until Ctrl-C." };
var root = new RootCommand("Runs the main job on a real control plane and Kafka on this machine.") { corpus, keep };
root.SetAction(async (arguments, cancellationToken) =>
{
    using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    // A closed terminal must clean up like Ctrl-C does.
    using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => { context.Cancel = true; stopping.Cancel(); });
    var console = DemoConsole.Create();
    var options = new DemoOptions(Path.GetFullPath(arguments.GetValue(corpus)!), arguments.GetValue(keep));
    try
    {
        return await new DemoRun(options, console, TimeProvider.System).RunAsync(stopping.Token);
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested)
    {
        console.MarkupLine("[yellow]stopped; everything that was started is gone again[/]");
        return 130;
    }
    catch (Exception error) when (error is DemoException or DevClusterException)
    {
        console.MarkupLineInterpolated($"[red]{error.Message}[/]");
        return 1;
    }
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
