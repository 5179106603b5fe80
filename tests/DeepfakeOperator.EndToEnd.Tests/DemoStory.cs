using System.Diagnostics;
using System.Text.RegularExpressions;
using DeepfakeOperator.Demo;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A newcomer types `make demo`.</summary>
public sealed partial class DemoStory
{
    [Fact]
    public async Task The_demo_scans_the_samples_and_ends_with_its_contract_line()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var command = Repository.Program("DeepfakeOperator.Demo");
        using var demo = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;
        var output = await demo.StandardOutput.ReadToEndAsync(cancelled);
        await demo.WaitForExitAsync(cancelled);
        Assert.True(demo.ExitCode == 0, output);
        var contract = ContractLine().Match(output.TrimEnd().Split('\n')[^1]);
        Assert.True(contract.Success, output);
        var items = Corpus.Load(Repository.PathOf("samples", "corpus")).Count;
        // One file is broken and one is missing; whatever else becomes a dead letter is a defect.
        Assert.Equal("2", contract.Groups["failed"].Value);
        Assert.Equal(items, int.Parse(contract.Groups["items"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^demo: phase=Succeeded items=(?<items>\d+) fake=\d+ real=\d+ inconclusive=\d+ notApplicable=\d+ failed=(?<failed>\d+) seconds=[\d.]+ kubernetes=\S+ kafka=\S+$")]
    private static partial Regex ContractLine();
}
