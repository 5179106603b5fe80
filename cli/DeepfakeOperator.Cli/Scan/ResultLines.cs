using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>Results as lines: JSON records, or verdict, score, path and reason with tabs between them.</summary>
internal static class ResultLines
{
    /// <summary>A model may say NaN, which plain JSON has no word for.</summary>
    private static readonly JsonSerializerOptions RawOptions = new(ApiJson.Options)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Exactly the value of the record that goes to Kafka, or the typed error; with <c>raw</c> added where that was asked for.</summary>
    internal static string Json(ScannedItem item)
    {
        var record = item.Outcome.Verdict is { } verdict
            ? JsonSerializer.SerializeToNode(verdict, ApiJson.Options)!
            : JsonSerializer.SerializeToNode(Failure(item), ApiJson.Options)!;
        if (item.Raw is not null) record["raw"] = JsonSerializer.SerializeToNode(item.Raw, RawOptions);
        return record.ToJsonString(ApiJson.Options);
    }

    private static FailureRecord Failure(ScannedItem item)
    {
        var (source, why) = (item.Source, item.Outcome.Failure!);
        return new FailureRecord(source.Id, source.Uri?.OriginalString, source.Position, LocalScan.ScanJob,
            new FailureRecord.Why(why.Class, why.Stage, why.Message, why.Attempts));
    }

    internal static string Plain(ScannedItem item)
    {
        var verdict = item.Outcome.Verdict;
        var what = verdict?.Verdict.ToString() ?? item.Outcome.Failure!.Class.ToString();
        var score = verdict?.Score?.ToString("0.000000", CultureInfo.InvariantCulture) ?? "-";
        var why = verdict is null ? item.Outcome.Failure!.Message : verdict.Reason ?? "";
        return string.Join('\t', what, score, OneLine(item.Source.Id), OneLine(why));
    }

    /// <summary>A file's name may hold anything.</summary>
    private static string OneLine(string text) => new([.. text.Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
