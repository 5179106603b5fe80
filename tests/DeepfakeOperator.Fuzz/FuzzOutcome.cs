using System.Globalization;

namespace DeepfakeOperator.Fuzz;

/// <summary>What became of the files.</summary>
/// <param name="Files">Files that were sent through the worker.</param>
/// <param name="Crashes">Files that killed its process.</param>
/// <param name="Hangs">Files without an outcome in time, and processes left behind.</param>
/// <param name="Requests">Connections and datagrams to an address that only stands inside the files.</param>
/// <param name="Untyped">Files whose failure the worker did not foresee, or that left something in its scratch folder.</param>
/// <param name="RssMaxMb">Most memory that one process held, the worker's or one of its decoders'.</param>
public sealed record FuzzOutcome(int Files, int Crashes, int Hangs, int Requests, int Untyped, long RssMaxMb)
{
    /// <summary>True: every file was tried, and each ended as decoded or as a typed failure.</summary>
    public bool IsClean => Files > 0 && Crashes == 0 && Hangs == 0 && Requests == 0 && Untyped == 0;

    /// <summary>The line that other tools read.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"fuzz: files={Files} crashes={Crashes} hangs={Hangs} requests={Requests} untyped={Untyped} rss_max_mb={RssMaxMb}");
}
