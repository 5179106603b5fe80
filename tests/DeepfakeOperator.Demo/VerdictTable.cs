using System.Globalization;
using DeepfakeOperator.Api.Records;
using Spectre.Console;

namespace DeepfakeOperator.Demo;

/// <summary>The verdicts as a person reads them: the most suspicious first.</summary>
public static class VerdictTable
{
    private const int MostRows = 60;

    /// <summary>Draws the table.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<ScannedItem> items)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Item", "Verdict", "Score", "Media", "Why");
        table.Columns[2].RightAligned();
        // On a narrow terminal only the reason is wrapped, and a long path ends in dots: a name in pieces can neither be read nor copied.
        foreach (var column in table.Columns.SkipLast(1)) column.NoWrap();
        var rows = items
            .OrderByDescending(item => item.Verdict is not null)
            .ThenByDescending(item => item.Verdict?.Score ?? -1)
            .ThenBy(item => item.Id, StringComparer.Ordinal)
            .ToList();
        foreach (var item in rows.Take(MostRows)) table.AddRow(Row(item));
        console.Write(table);
        if (rows.Count > MostRows) console.MarkupLineInterpolated($"[grey]… and {rows.Count - MostRows} more[/]");
    }

    private static Markup[] Row(ScannedItem item)
    {
        if (item.Verdict is not { } verdict)
            return [Plain(item.Id), new Markup("[red]dead letter[/]"), Plain(""), Plain(""), Wrapped(item.Error ?? "")];
        var media = verdict.Media;
        var size = media.Width is { } width ? $" {width}×{media.Height}" : "";
        var length = media.Duration is { } seconds ? string.Create(CultureInfo.InvariantCulture, $" {seconds:0.0} s") : "";
        return
        [
            Plain(item.Id),
            new Markup($"[{Colour(verdict.Verdict)}]{verdict.Verdict}[/]"),
            Plain(verdict.Score?.ToString("0.000", CultureInfo.InvariantCulture) ?? ""),
            Plain(media.ContentType + size + length),
            Wrapped(verdict.Reason ?? ""),
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

    private static Markup Wrapped(string text) => new(Markup.Escape(text));

    private static Markup Plain(string text) => new Markup(Markup.Escape(text)).Overflow(Overflow.Ellipsis);
}
