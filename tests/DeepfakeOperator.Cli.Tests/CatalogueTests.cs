namespace DeepfakeOperator.Cli.Tests;

/// <summary>
/// Every detector of samples/detectors: what the CRD's schema and its rules say, and whether this worker can run it. Their models lie elsewhere.
/// </summary>
public sealed class CatalogueTests
{
    private const string ToFillIn = "    # sha256: that of your file;";

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "detectors"), "*.yaml").Select(file => Path.GetFileName(file)!).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_published_detector_is_valid_and_can_be_run(string name)
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "detectors", name), TestContext.Current.CancellationToken);
        Assert.Equal(Path.GetFileNameWithoutExtension(name), Field(text, "  name: "));
        Assert.Contains("\n  sources:\n    - https://", text, StringComparison.Ordinal);
        Assert.Contains("licence: ", text, StringComparison.Ordinal);

        var remote = Field(text, "  modality: ") == "Remote";
        if (text.Contains(ToFillIn, StringComparison.Ordinal))
        {
            var report = (await Run.OfAsync("detector", "check", folder.Write(name, text), "--output", "json")).Records.Single();
            Assert.EndsWith(": spec.model.sha256: required", (string)report["message"]!, StringComparison.Ordinal);
            Assert.DoesNotContain("; ", (string)report["message"]!, StringComparison.Ordinal);
        }
        // With the gap filled, and with an address that nobody answers, nothing is missing but the model.
        var filled = text.Replace(ToFillIn, $"    sha256: \"{new string('0', 64)}\" #", StringComparison.Ordinal);
        if (!remote)
        {
            var model = filled.IndexOf("\n  model:\n    uri:", StringComparison.Ordinal);
            var sha256 = filled.IndexOf("\n    sha256:", model, StringComparison.Ordinal);
            filled = filled[..model] + "\n  model:\n    uri: file:///nowhere/model.onnx" + filled[sha256..];
        }
        List<string> files = [folder.Write(name, filled)];
        if (Field(text, "    detector: ", or: "") is { Length: > 0 } faces) files.Add(Path.Combine(AppContext.BaseDirectory, "detectors", faces + ".yaml"));
        var checks = await Run.OfAsync(["detector", "check", .. files, "--output", "json"]);
        var check = checks.Records.Single(record => (string)record["detector"]! == Path.GetFileNameWithoutExtension(name));
        Assert.True((string)check["reason"]! == (remote ? "ConformanceMissing" : "ModelNotFound"), (string)check["message"]!);
    }

    private static string Field(string text, string head, string? or = null)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(head, StringComparison.Ordinal));
        return line?[head.Length..].Split('#')[0].Trim() ?? or ?? throw new FormatException($"there is no '{head}'");
    }
}
