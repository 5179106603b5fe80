using System.CommandLine;
using DeepfakeOperator.Worker;

// Fetching, the Kafka clients' calls and the web server share the thread pool, which would begin with one thread a core and grow by one or two a second.
ThreadPool.SetMinThreads(Environment.ProcessorCount + 16, Environment.ProcessorCount + 16);

var root = new RootCommand("The worker of a ScanJob. Started by the operator; it scans, or checks a detector, and then ends.") { ScanCommand.Build(), CheckCommand.Build() };
return await root.Parse(args).InvokeAsync(new InvocationConfiguration
{
    // SIGTERM is heard by the commands themselves: a drain takes as long as the ScanJob allows.
    ProcessTerminationTimeout = null,
});
