using System.Diagnostics;

namespace DeepfakeOperator.Operator.Tests;

/// <summary>Polls a condition until it holds or a deadline passes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null) => TrueAsync(() => Task.FromResult(condition()), () => what, within);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < limit, $"not within {limit.TotalSeconds} s: {what()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
