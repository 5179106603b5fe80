using System.Diagnostics;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Asks again until it is so, or the deadline has passed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            if (started.Elapsed > Patience) Assert.Fail($"not after {Patience.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string otherwise) => TrueAsync(() => Task.FromResult(condition()), () => otherwise);

    /// <summary>Whether there is such a process, other than one that is dead and whose parent has not looked yet.</summary>
    public static bool Runs(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
