using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Demo;
using Spectre.Console;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>The verdicts on a terminal of 80 columns.</summary>
public sealed class VerdictTableTests
{
    [Fact]
    public void Names_and_verdicts_stay_whole_and_only_reasons_are_wrapped()
    {
        var verdict = Verdict("the score lies between verdict.realAtOrBelow 0.3 and verdict.fakeAtOrAbove 0.8");
        var output = Draw(new ScannedItem("made-06-352x288-q75.jpg", verdict, null));
        Assert.Contains("made-06-352x288-q75.jpg", output, StringComparison.Ordinal);
        Assert.Contains("Inconclusive", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Of_a_path_longer_than_the_terminal_the_end_stays_and_so_does_the_rest_of_the_row()
    {
        var output = Draw(new ScannedItem(new string('a', 200) + "/end.jpg", Verdict(null), null));
        Assert.Matches("…a+/end.jpg │ Inconclusive │ 0.415", output);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    private static string Draw(ScannedItem item)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 80;
        VerdictTable.Write(console, [item]);
        return output.ToString();
    }

    private static VerdictRecord Verdict(string? reason) => new()
    {
        Id = "1",
        Source = new SourcePosition("media", 0, 0),
        ScanJob = "moderation/demo",
        Modality = "image",
        Verdict = Api.Records.Verdict.Inconclusive,
        Score = 0.415,
        Reason = reason,
        Media = new MediaInfo { Sha256 = "", ContentType = "image/jpeg", Bytes = 1, Width = 352, Height = 288 },
        Timings = default,
    };
}
