using System.Globalization;
using DeepfakeOperator.Api.Records;
using Spectre.Console;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>Results as a person reads them: the most suspicious first, then what has no verdict.</summary>
internal sealed class ResultTable
{
    private const int MostRows = 200;

    private readonly PriorityQueue<ScannedItem, double> _rows = new();
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    internal int Failed { get; private set; }

    internal void Add(ScannedItem item)
    {
        var verdict = item.Outcome.Verdict;
        if (verdict is null) Failed++;
        var name = verdict?.Verdict.ToString() ?? "no verdict";
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        // The least suspicious leaves first.
        _rows.Enqueue(item, verdict?.Score ?? (verdict is null ? -1 : -2));
        if (_rows.Count > MostRows) _rows.Dequeue();
    }

    internal void Write(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("File", "Verdict", "Score", "Media", "Why");
        table.Columns[2].RightAligned();
        var rows = new Stack<ScannedItem>();
        while (_rows.TryDequeue(out var item, out _)) rows.Push(item);
        var shown = rows.Count;
        foreach (var item in rows) table.AddRow(Row(item));
        console.Write(table);
        var total = _counts.Values.Sum();
        var counts = string.Join(", ", _counts.Select(count => $"{count.Value} {count.Key}"));
        var cut = total > shown ? $"; the first {shown} are shown, --output json writes all" : "";
        console.WriteLine($"{total} items: {counts}{cut}");
    }

    private static Text[] Row(ScannedItem item)
    {
        if (item.Outcome.Verdict is not { } verdict)
        {
            var failure = item.Outcome.Failure!;
            return [new Text(item.Source.Id), new Text(failure.Class.ToString(), Color.Red), new Text(""), new Text(""), new Text(failure.Message)];
        }
        var media = verdict.Media;
        var size = media.Width is { } width ? $" {width}×{media.Height}" : "";
        var length = media.Duration is { } seconds ? string.Create(CultureInfo.InvariantCulture, $" {seconds:0.0} s") : "";
        return
        [
            new Text(item.Source.Id),
            new Text(verdict.Verdict.ToString(), Colour(verdict.Verdict)),
            new Text(verdict.Score?.ToString("0.000", CultureInfo.InvariantCulture) ?? ""),
            new Text(media.ContentType + size + length),
            new Text(verdict.Reason ?? ""),
        ];
    }

    private static Color Colour(Verdict verdict) => verdict switch
    {
        Verdict.Fake => Color.Red,
        Verdict.Real => Color.Green,
        Verdict.Inconclusive => Color.Yellow,
        _ => Color.Grey,
    };
}
