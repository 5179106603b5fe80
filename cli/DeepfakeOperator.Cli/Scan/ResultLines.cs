using System.Globalization;
using System.Text.Json;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>Results as lines: JSON records, or verdict, score, path and reason with tabs between them.</summary>
internal static class ResultLines
{
    /// <summary>Exactly the value of the record that goes to Kafka, or the typed error.</summary>
    internal static string Json(ScannedItem item)
    {
        var (source, outcome) = (item.Source, item.Outcome);
        if (outcome.Verdict is { } verdict) return JsonSerializer.Serialize(verdict, ApiJson.Options);
        var why = outcome.Failure!;
        return JsonSerializer.Serialize(
            new FailureRecord(source.Id, source.Uri?.OriginalString, source.Position, LocalScan.ScanJob,
                new FailureRecord.Why(why.Class, why.Stage, why.Message, why.Attempts)),
            ApiJson.Options);
    }

    internal static string Plain(ScannedItem item)
    {
        var verdict = item.Outcome.Verdict;
        var what = verdict?.Verdict.ToString() ?? item.Outcome.Failure!.Class.ToString();
        var score = verdict?.Score?.ToString("0.000000", CultureInfo.InvariantCulture) ?? "-";
        return string.Join('\t', what, score, OneLine(item.Source.Id), OneLine(verdict is null ? item.Outcome.Failure!.Message : verdict.Reason ?? ""));
    }

    /// <summary>A file's name may hold anything.</summary>
    private static string OneLine(string text) => new([.. text.Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
