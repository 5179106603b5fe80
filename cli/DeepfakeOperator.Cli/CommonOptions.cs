using System.CommandLine;

namespace DeepfakeOperator.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    internal static Option<OutputFormat> Output() => new("--output", "-o")
    {
        Description = "text (a table on a terminal, plain lines in a pipe) or json (one object a line).",
        DefaultValueFactory = _ => OutputFormat.Text,
    };

    internal static Option<string?> Secrets() => new("--secrets")
    {
        Description = "Folder with a folder for each Secret that detectors name (remote.apiKeySecretRef), one file a key.",
    };

    internal static Option<string?> Model() => new("--model", "-m")
    {
        Description = "Where the model is, instead of spec.model.uri: its file, or a folder in which files are found by sha256 or by name.",
    };
}
