using System.Text.Json.Nodes;

namespace DeepfakeOperator.Cli.Tests;

public sealed class ScanTests
{
    [Fact]
    public async Task A_folder_ends_as_one_record_an_item_verdicts_and_typed_errors_alike()
    {
        using var folder = new TestFolder();
        var picture = folder.Write("deep/er/picture.jpg", TestFolder.Picture(1));
        var odd = folder.Write("deep/50% of #1 ünïque?.jpg", TestFolder.Picture(2));
        var cut = folder.Write("cut.jpg", TestFolder.Picture(3).AsSpan(0, 900));
        var text = folder.Write("notes.txt", "no media");
        var empty = folder.Write("empty.png", []);
        File.CreateSymbolicLink(folder["loop"], folder.Path);
        File.CreateSymbolicLink(folder["dangling.jpg"], folder["gone.jpg"]);

        var run = await Run.OfAsync("scan", folder.Path, "--detector", Run.Detector, "--output", "json");

        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.Equal(6, run.Records.Count);
        Assert.All([picture, odd], path => Assert.Contains((string)run[path]["verdict"]!, new[] { "Fake", "Real", "Inconclusive" }));
        Assert.Equal(("CorruptMedia", "decode"), Why(run[cut]));
        Assert.Equal(("UnsupportedMedia", "decode"), Why(run[text]));
        Assert.Equal(("UnsupportedMedia", "decode"), Why(run[empty]));
        Assert.Equal(("FetchNotFound", "fetch"), Why(run[folder["dangling.jpg"]]));
    }

    [Fact]
    public async Task A_record_is_the_one_that_goes_to_Kafka()
    {
        using var folder = new TestFolder();
        var record = (await Run.OfAsync("scan", folder.Write("a.jpg", TestFolder.Picture(1)), "-d", Run.Detector, "-o", "json")).Records.Single();
        Assert.Equal(
            ["id", "uri", "source", "scanJob", "modality", "verdict"],
            record.Select(field => field.Key).Take(6));
        Assert.Equal(64, ((string)record["detectors"]![0]!["modelSha256"]!).Length);
        Assert.Equal(160, (int)record["media"]!["width"]!);
        Assert.StartsWith("file:///", (string)record["uri"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_outputs_are_added_where_they_are_asked_for()
    {
        using var folder = new TestFolder();
        var picture = folder.Write("a.jpg", TestFolder.Picture(1));
        var run = await Run.OfAsync("scan", folder.Path, "--detector", Run.Detector, "--output", "json", "--raw");
        var unit = run[picture]["raw"]!.AsArray().Single()!;
        Assert.Equal(("upsampling-trace", 0, "logit"), ((string)unit["detector"]!, (int)unit["unit"]!, (string)unit["outputs"]![0]!["name"]!));
        var logit = (double)unit["outputs"]![0]!["values"]![0]!;
        Assert.Equal((double)run[picture]["detectors"]![0]!["score"]!, 1 / (1 + Math.Exp(-logit)), 6);
        Assert.Equal(2, (await Run.OfAsync("scan", folder.Path, "--detector", Run.Detector, "--raw")).ExitCode);
    }

    [Fact]
    public async Task A_detector_that_another_needs_is_asked_for()
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "detectors", "aasist.yaml"), TestContext.Current.CancellationToken);
        var yaml = folder.Write("d.yaml", text.Replace("    pad: Tile", "    voiceActivity: silero-vad\n    pad: Tile", StringComparison.Ordinal));
        var run = await Run.OfAsync("scan", folder.Path, "--detector", yaml);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("spec.audio.voiceActivity: no --detector file holds 'silero-vad'", run.Error, StringComparison.Ordinal);
        var alone = await Run.OfAsync("scan", folder.Path, "--detector", Path.Combine(AppContext.BaseDirectory, "detectors", "silero-vad.yaml"));
        Assert.Contains("none of them has role Detector", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_items_are_reported_once_each()
    {
        using var folder = new TestFolder();
        var picture = TestFolder.Picture(1);
        for (var i = 0; i < 1000; i++) folder.Write($"{i}.jpg", i % 10 == 0 ? picture : [(byte)i, 2, 3]);
        var run = await Run.OfAsync("scan", folder.Path, "--detector", Run.Detector, "--output", "json");
        Assert.Equal(1000, run.Records.Select(record => (string)record["id"]!).Distinct().Count());
        Assert.Equal(100, run.Records.Count(record => record.ContainsKey("verdict")));
    }

    [Fact]
    public async Task In_a_pipe_each_item_is_a_plain_line()
    {
        using var folder = new TestFolder();
        folder.Write("a.jpg", TestFolder.Picture(1));
        folder.Write("b\nb.jpg", TestFolder.Picture(1));
        var run = await Run.OfAsync("scan", folder.Path, "--detector", Run.Detector);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain('\x1b', run.Output);
        Assert.All(run.Output.TrimEnd('\n').Split('\n'), line => Assert.Equal(4, line.Split('\t').Length));
    }

    [Fact]
    public async Task The_model_is_found_in_a_folder_by_its_sha256_and_the_path_may_follow_the_detector()
    {
        using var folder = new TestFolder();
        var original = Path.Combine(Path.GetDirectoryName(Run.Detector)!, "upsampling-trace.onnx");
        var model = await File.ReadAllBytesAsync(original, TestContext.Current.CancellationToken);
        folder.Write("models/decoy.onnx", [1, 2, 3]);
        folder.Write("models/renamed.onnx", model);
        var yaml = folder.Write("d.yaml", (await File.ReadAllTextAsync(Run.Detector, TestContext.Current.CancellationToken))
            .Replace("bundled:upsampling-trace/upsampling-trace.onnx", "https://example.org/no/where.onnx", StringComparison.Ordinal));
        var picture = folder.Write("a.jpg", TestFolder.Picture(1));

        var run = await Run.OfAsync("scan", "--model", folder["models"], "--output", "json", "--detector", yaml, picture);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotNull(run[picture]["score"]);
    }

    [Theory]
    [InlineData("--detector' is required", "scan", "x.jpg")]
    [InlineData("cannot be read", "scan", "x.jpg", "--detector", "/nowhere.yaml")]
    [InlineData("PATH", "scan", "--detector", "d.yaml")]
    [InlineData("--model", "scan", "x.jpg", "--model", "/nowhere", "--detector", "{detector}")]
    [InlineData("--min-face: -1", "scan", "x.jpg", "--min-face", "-1", "--detector", "{detector}")]
    [InlineData("--frames: 0", "scan", "x.jpg", "--frames", "0", "--detector", "{detector}")]
    [InlineData("'xml'", "scan", "x.jpg", "--output", "xml", "--detector", "{detector}")]
    public async Task What_was_given_wrongly_is_said(string expected, params string[] args)
    {
        var run = await Run.OfAsync([.. args.Select(arg => arg.Replace("{detector}", Run.Detector, StringComparison.Ordinal))]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_frames_are_looked_at_as_are_asked_for()
    {
        var video = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "samples", "corpus", "video-real.mp4"));
        var run = await Run.OfAsync("scan", video, "--frames", "3", "--detector", Run.Detector, "--output", "json");
        Assert.Equal(3, run[video]["detectors"]![0]!["units"]!.AsArray().Count);
    }

    [Fact]
    public async Task Exit_codes_are_in_the_help()
    {
        var help = await Run.OfAsync("scan", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Exit codes: 0", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_launcher_runs_from_any_folder()
    {
        var launcher = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "kubectl-deepfake"));
        using var folder = new TestFolder();
        File.CreateSymbolicLink(folder["kubectl-deepfake"], launcher);
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(folder["kubectl-deepfake"], ["detector", "check", Run.Detector, "--output", "json"])
            {
                WorkingDirectory = folder.Path, RedirectStandardOutput = true,
            })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.True((bool)JsonNode.Parse(output)!["passed"]!);
    }

    private static (string, string) Why(JsonObject record) => ((string)record["error"]!["class"]!, (string)record["error"]!["stage"]!);
}
