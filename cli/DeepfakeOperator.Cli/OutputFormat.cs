namespace DeepfakeOperator.Cli;

/// <summary>For whom results are written.</summary>
internal enum OutputFormat
{
    /// <summary>People: a table on a terminal, a plain line for each result in a pipe.</summary>
    Text,

    /// <summary>Programs: one JSON object a line.</summary>
    Json,
}
