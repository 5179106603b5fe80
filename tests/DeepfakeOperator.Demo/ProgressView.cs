using System.Globalization;
using DeepfakeOperator.Api.ScanJobs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DeepfakeOperator.Demo;

/// <summary>What a person wants to see of a running ScanJob: phase, bar, verdicts so far, workers, rate, time left.</summary>
public static class ProgressView
{
    private const int BarWidth = 40;

    /// <summary>The picture of one moment.</summary>
    public static IRenderable Draw(ScanJob job, DateTimeOffset now)
    {
        var status = job.Status ?? new ScanJobStatus();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        grid.AddRow(new Markup("[grey]phase[/]"), new Markup($"[bold {Colour(status.Phase)}]{status.Phase}[/]{Note(status)}"));
        grid.AddRow(new Markup("[grey]items[/]"), new Markup(Bar(status)));
        grid.AddRow(new Markup("[grey]verdicts[/]"), new Markup(
            $"[red]{status.Items.Fake} fake[/]  [green]{status.Items.Real} real[/]  [yellow]{status.Items.Inconclusive} inconclusive[/]  " +
            $"[grey]{status.Items.NotApplicable} not applicable[/]  [maroon]{status.Items.Failed} failed[/]"));
        grid.AddRow(new Markup("[grey]workers[/]"), new Markup(
            $"{status.Workers.Ready} ready of {status.Workers.Desired}   shards {status.Shards.Succeeded} done, {status.Shards.Running} running, " +
            $"{status.Shards.Pending} waiting"));
        grid.AddRow(new Markup("[grey]rate[/]"), new Markup($"{status.Throughput.ItemsPerSecond ?? "–"} items/s   ETA {Eta(status, now)}"));
        return new Panel(grid).Header($" scanjob {job.Metadata.NamespaceProperty}/{job.Metadata.Name} ").RoundedBorder();
    }

    /// <summary>The same in one line, for logs and pipes.</summary>
    public static string Line(ScanJob job)
    {
        var status = job.Status ?? new ScanJobStatus();
        return $"{status.Phase}: {status.Items.Processed}/{status.Plan?.Items ?? 0} items, workers {status.Workers.Ready}/{status.Workers.Desired}";
    }

    private static string Bar(ScanJobStatus status)
    {
        var total = status.Plan?.Items ?? 0;
        var share = total == 0 ? 0 : Math.Clamp((double)status.Items.Processed / total, 0, 1);
        var full = (int)(share * BarWidth);
        return string.Create(CultureInfo.InvariantCulture,
            $"[green]{new string('━', full)}[/][grey]{new string('━', BarWidth - full)}[/] {status.Items.Processed}/{total}  {share:P0}");
    }

    private static string Eta(ScanJobStatus status, DateTimeOffset now) => status.Throughput.EstimatedCompletionTime is { } end
        ? (end > now ? end - now : TimeSpan.Zero).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
        : "–";

    private static string Note(ScanJobStatus status) =>
        status.Conditions.FirstOrDefault(condition => condition is { Type: ConditionTypes.Stalled, Status: "True" }) is { } stalled
            ? $"  [yellow]{Markup.Escape(stalled.Message)}[/]"
            : "";

    private static string Colour(ScanJobPhase phase) => phase switch
    {
        ScanJobPhase.Succeeded => "green",
        ScanJobPhase.Failed => "red",
        ScanJobPhase.Running => "aqua",
        _ => "yellow",
    };
}
