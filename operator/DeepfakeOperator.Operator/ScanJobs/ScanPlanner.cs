using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Cuts frozen ranges into shards. Pure: the same ranges give the same shards with the same numbers, today and after a restart.</summary>
internal static class ScanPlanner
{
    /// <summary>The share of the items that is cut finely, so that the last shards to finish are short.</summary>
    private const double FineShare = 0.1;

    private const int FineDivisor = 4;

    /// <param name="ranges">What to read; empty ranges are passed over.</param>
    /// <param name="shardItems">Offsets in a coarse shard.</param>
    public static ScanPlan Plan(IReadOnlyList<PlannedRange> ranges, int shardItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardItems, 1);
        var coarse = new List<PlannedRange>();
        var fine = new List<PlannedRange>();
        var (seen, given) = (0L, 0L);
        foreach (var range in ranges.Where(range => range.To > range.From))
        {
            var length = range.To - range.From;
            seen += length;
            // What a range cannot give in whole shards the next ones make up for, so that many short ranges still come out at a tenth.
            var wanted = (long)(seen * (1 - FineShare)) - given;
            var whole = wanted >= length ? length : wanted / shardItems * shardItems;
            given += whole;
            if (whole > 0) coarse.Add(range with { To = range.From + whole });
            if (whole < length) fine.Add(range with { From = range.From + whole });
        }
        return new ScanPlan(coarse, shardItems, fine, (shardItems + FineDivisor - 1) / FineDivisor);
    }
}
