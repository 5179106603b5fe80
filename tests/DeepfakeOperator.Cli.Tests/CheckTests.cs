namespace DeepfakeOperator.Cli.Tests;

public sealed class CheckTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detector_that_does_what_it_says_passes()
    {
        var run = await Run.OfAsync("detector", "check", Run.Detector, "--output", "json");
        Assert.Equal(0, run.ExitCode);
        var report = run.Records.Single();
        Assert.Equal(("upsampling-trace", true, "Conformant"), ((string)report["detector"]!, (bool)report["passed"]!, (string)report["reason"]!));
        Assert.InRange((double)report["worstDelta"]!, 0, 1e-4);
    }

    [Theory]
    [InlineData("modality: Image", "modality: Picture", "d.yaml:10: spec.modality: 'Picture' is not one of Image, Face")]
    [InlineData("maxBatch: 64", "maxBatch: many", "spec.maxBatch: must be a number, not \"many\"")]
    [InlineData("maxBatch: 64", "maxBatch: 0", "spec.maxBatch: 0 is too small; at least 1")]
    [InlineData("maxBatch: 64", "maxBatch: 1.5", "spec.maxBatch: 1.5 is no whole number")]
    [InlineData("maxBatch: 64", "maxbatch: 64", "spec.maxbatch: there is no such field; spec has version")]
    [InlineData("modality: Image", "", "spec.modality: required")]
    [InlineData(", polarity: {highIsFake: true}", "", "spec.outputs: each output that gives a score has a polarity")]
    [InlineData("polarity: {highIsFake: true}", "polarity: {highIsFake: yes please}", "spec.outputs[0].polarity.highIsFake: must be true or false")]
    [InlineData("shape: [-1, 256, 256, 3]", "shape: [-1, 256, 256]", "spec.inputs[0].shape: shape has one extent for each axis of layout")]
    [InlineData("method: Temperature", "method: None", "spec.calibration.temperature: temperature belongs to method Temperature")]
    [InlineData("kind: ClusterDetector", "kind: ScanJob", "kind: must be Detector or ClusterDetector")]
    [InlineData("name: upsampling-trace", "nom: upsampling-trace", "metadata.name: required")]
    [InlineData("spec:", "spec: [", "no valid YAML")]
    [InlineData("spec:", "spec: &a {face: *a}\nspecs:", "no valid YAML")]
    [InlineData("uri: bundled:upsampling-trace/upsampling-trace.onnx", "uri: models/x.onnx", "spec.model.uri: 'models/x.onnx' does not have the form")]
    public async Task What_is_wrong_in_the_YAML_is_said_with_file_line_and_field(string right, string wrong, string expected)
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(Run.Detector, Cancelled);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var file = folder.Write("d.yaml", text.Replace(right, wrong, StringComparison.Ordinal));

        var run = await Run.OfAsync("detector", "check", file, "--output", "json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, (string)run.Records.Single()["message"]!, StringComparison.Ordinal);
        Assert.Equal(2, (await Run.OfAsync("scan", folder.Path, "--detector", file)).ExitCode);
    }

    [Fact]
    public async Task The_sha256_that_is_left_to_fill_in_is_told()
    {
        using var folder = new TestFolder();
        var lines = (await File.ReadAllLinesAsync(Run.Detector, Cancelled)).ToList();
        var sha256 = lines.First(line => line.Contains("    sha256:", StringComparison.Ordinal));
        lines.Remove(sha256);
        var file = folder.Write("d.yaml", string.Join('\n', lines));
        var model = Path.Combine(Path.GetDirectoryName(Run.Detector)!, "upsampling-trace.onnx");

        var message = (string)(await Run.OfAsync("detector", "check", file, "--model", model, "--output", "json")).Records.Single()["message"]!;

        Assert.Contains("spec.model.sha256: required", message, StringComparison.Ordinal);
        Assert.Contains(sha256.Split('"')[1], message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_documents_are_checked_each()
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(Run.Detector, Cancelled);
        var other = text.Replace("name: upsampling-trace", "name: other", StringComparison.Ordinal)
            .Replace("values: [2.122489]", "values: [0]", StringComparison.Ordinal);
        var run = await Run.OfAsync("detector", "check", folder.Write("d.yaml", text + "\n---\n" + other), "--output", "json");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal([("upsampling-trace", "Conformant"), ("other", "OutputsDiffer")],
            run.Records.Select(record => ((string)record["detector"]!, (string)record["reason"]!)));
    }

    [Fact]
    public async Task Two_detectors_of_one_name_are_refused()
    {
        var run = await Run.OfAsync("detector", "check", Run.Detector, Run.Detector);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("metadata.name: 'upsampling-trace'", run.Error, StringComparison.Ordinal);
    }
}
