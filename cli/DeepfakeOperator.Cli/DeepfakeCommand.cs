using System.CommandLine;
using DeepfakeOperator.Cli.Check;
using DeepfakeOperator.Cli.Scan;
using Spectre.Console;

namespace DeepfakeOperator.Cli;

/// <summary>The command line <c>kubectl deepfake</c>, apart from the process that it runs in.</summary>
public static class DeepfakeCommand
{
    /// <summary>All went well.</summary>
    public const int Ok = 0;

    /// <summary>Some items have no verdict, or a detector did not pass its check.</summary>
    public const int SomeFailed = 1;

    /// <summary>The command was given wrongly, a detector cannot be run, or nothing could be begun.</summary>
    public const int BadUsage = 2;

    /// <summary>Stopped from outside, as shells number it.</summary>
    public const int Stopped = 130;

    internal const string ExitCodes =
        "Exit codes: 0 all went well; 1 some items have no verdict, or a check failed; 2 bad usage, or a detector that cannot be run; 130 stopped.";

    /// <summary>Runs one command and returns its exit code.</summary>
    /// <param name="args">What stands after <c>kubectl deepfake</c>.</param>
    /// <param name="output">Takes the results. Colours, tables and a progress bar are for a terminal only.</param>
    /// <param name="error">Takes what went wrong with the command itself.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken ct)
    {
        // Fetching and decoding wait on the thread pool, which would begin with one thread a core and grow by one or two a second.
        ThreadPool.SetMinThreads(Environment.ProcessorCount + 16, Environment.ProcessorCount + 16);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        const string What = "Finds deepfakes: looks at local files with the worker's own pipeline, and checks detectors, without a cluster. ";
        var root = new RootCommand(What + ExitCodes)
        {
            new Command("detector", "What has to do with detectors.") { CheckCommand.Build(console, output) },
            ScanCommand.Build(console, output),
        };
        var parsed = root.Parse(args);
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(invocation, ct);
            return BadUsage;
        }
        try
        {
            return await parsed.InvokeAsync(invocation, ct);
        }
        catch (UsageException refusal)
        {
            await error.WriteLineAsync(refusal.Message);
            return BadUsage;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("stopped");
            return Stopped;
        }
    }
}
