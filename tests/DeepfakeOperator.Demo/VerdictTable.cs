using System.Globalization;
using DeepfakeOperator.Api.Records;
using Spectre.Console;

namespace DeepfakeOperator.Demo;

/// <summary>The verdicts as a person reads them: the most suspicious first.</summary>
public static class VerdictTable
{
    private const int MostRows = 60;
    private const int ShortestName = 24;

    /// <summary>Draws the table.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<ScannedItem> items)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Item", "Verdict", "Score", "Media", "Why");
        table.Columns[2].RightAligned();
        // A name in pieces can neither be read nor copied. What does not wrap must fit, though, or Spectre gives up the whole table.
        table.Columns[0].NoWrap();
        var longest = Math.Max(ShortestName, console.Profile.Width / 3);
        var rows = items
            .OrderByDescending(item => item.Verdict is not null)
            .ThenByDescending(item => item.Verdict?.Score ?? -1)
            .ThenBy(item => item.Id, StringComparer.Ordinal)
            .ToList();
        foreach (var item in rows.Take(MostRows)) table.AddRow(Row(item, longest));
        console.Write(table);
        if (rows.Count > MostRows) console.MarkupLineInterpolated($"[grey]… and {rows.Count - MostRows} more[/]");
    }

    private static Markup[] Row(ScannedItem item, int longest)
    {
        if (item.Verdict is not { } verdict)
            return [Plain(End(item.Id, longest)), new Markup("[red]dead letter[/]"), Plain(""), Plain(""), Plain(item.Error ?? "")];
        var media = verdict.Media;
        var size = media.Width is { } width ? $" {width}×{media.Height}" : "";
        var length = media.Duration is { } seconds ? string.Create(CultureInfo.InvariantCulture, $" {seconds:0.0} s") : "";
        return
        [
            Plain(End(item.Id, longest)),
            new Markup($"[{Colour(verdict.Verdict)}]{verdict.Verdict}[/]"),
            Plain(verdict.Score?.ToString("0.000", CultureInfo.InvariantCulture) ?? ""),
            Plain(media.ContentType + size + length),
            Plain(verdict.Reason ?? ""),
        ];
    }

    /// <summary>The colour a verdict has everywhere.</summary>
    public static string Colour(Verdict verdict) => verdict switch
    {
        Verdict.Fake => "red",
        Verdict.Real => "green",
        Verdict.Inconclusive => "yellow",
        _ => "grey",
    };

    /// <summary>As much of a path's end as there is room for: the file's name is there.</summary>
    private static string End(string path, int longest) => path.Length <= longest ? path : "…" + path[^(longest - 1)..];

    private static Markup Plain(string text) => new(Markup.Escape(text));
}
