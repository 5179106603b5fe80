using System.Text.Json.Nodes;

namespace DeepfakeOperator.Cli.Tests;

/// <summary>One run of the command line, in process, as in a pipe; and a folder to work in.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    internal static string Detector { get; } = Path.Combine(AppContext.BaseDirectory, "models", "upsampling-trace", "detector.yaml");

    internal IReadOnlyList<JsonObject> Records =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    internal JsonObject this[string id] => Records.Single(record => (string)record["id"]! == id);

    internal static async Task<Run> OfAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = await DeepfakeCommand.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return new Run(code, output.ToString(), error.ToString());
    }
}
