using System.Globalization;
using Spectre.Console;

namespace DeepfakeOperator.Simulator;

/// <summary>The table: drawn for a person, plain in a pipe, Markdown in the docs.</summary>
internal static class Report
{
    private static readonly string[] Headings =
        ["Trace", "Deadline", "Ours: end", "GPU-h", "pods", "KEDA: end", "GPU-h", "pods", "threshold", "÷ KEDA", "÷ KEDA, hindsight", "÷ bound", "dealing ÷ ideal"];

    public static void Draw(IAnsiConsole console, IReadOnlyList<Comparison> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(Headings);
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var row in rows) table.AddRow([.. Cells(row).Select(Markup.Escape)]);
        console.Write(table);
    }

    /// <summary>Columns padded with blanks.</summary>
    public static string Plain(IReadOnlyList<Comparison> rows)
    {
        var cells = rows.Select(Cells).Prepend(Headings).ToList();
        var widths = Headings.Select((_, column) => cells.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', cells.Select(row =>
            string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd()));
    }

    public static string Markdown(IReadOnlyList<Comparison> rows)
    {
        var lines = new List<string> { Line(Headings), Line(Headings.Select((_, column) => column == 0 ? "---" : "---:")) };
        lines.AddRange(rows.Select(row => Line(Cells(row))));
        return string.Join('\n', lines);
        static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
    }

    private static string[] Cells(Comparison row) =>
    [
        row.Trace.Name,
        Minutes(row.Trace.Deadline),
        Minutes(row.Ours.Finish),
        Hours(row.Ours),
        Text($"{row.Ours.Started}"),
        Minutes(row.Keda.Finish),
        Hours(row.Keda),
        Text($"{row.Keda.Started}"),
        Text($"{row.KedaThreshold:0}"),
        Text($"{row.KedaCost:0.00}"),
        Text($"{row.HindsightCost:0.00}"),
        Text($"{row.OracleCost:0.00}"),
        Text($"{row.DealingOverIdeal:0.000}"),
    ];

    private static string Minutes(double seconds) => Text($"{seconds / 60:0.0} min");

    private static string Hours(Outcome outcome) => Text($"{outcome.GpuSeconds / 3600:0.00}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
