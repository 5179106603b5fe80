namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// How many items of one host are fetched at once: with all fetches waiting for one slow host, none would be left for the others. Items over the limit are
/// put aside, and taken up by the fetch that leaves the lane.
/// </summary>
internal sealed class HostLanes
{
    /// <summary>Half of the pipeline's fetches, and as many as a host gets connections.</summary>
    internal const int PerHost = HttpSource.ConnectionsPerHost;

    /// <summary>Items put aside, all hosts together; those beyond are fetched all the same, so that backpressure is felt.</summary>
    private const int MostAside = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = [];
    private int _aside;

    /// <summary>True where the item may be fetched now; else it is put aside.</summary>
    internal bool TryEnter(ScanPipelineItem item)
    {
        if (Host(item) is not { } host) return true;
        lock (_lock)
        {
            if (!_lanes.TryGetValue(host, out var lane)) _lanes[host] = lane = new Lane();
            if (lane.Fetching >= PerHost && _aside < MostAside)
            {
                lane.Aside.Enqueue(item);
                _aside++;
                return false;
            }
            lane.Fetching++;
            return true;
        }
    }

    /// <summary>An item has been fetched; returns the next of its host, which has the lane now, or null.</summary>
    internal ScanPipelineItem? Leave(ScanPipelineItem item)
    {
        if (Host(item) is not { } host) return null;
        lock (_lock)
        {
            var lane = _lanes[host];
            if (lane.Fetching <= PerHost && lane.Aside.TryDequeue(out var next))
            {
                _aside--;
                return next;
            }
            lane.Fetching--;
            if (lane.Fetching == 0) _lanes.Remove(host);
            return null;
        }
    }

    /// <summary>Null for what is not fetched over the network. All buckets are one server's.</summary>
    private static string? Host(ScanPipelineItem item) => item.Source.Uri is not { IsAbsoluteUri: true } uri ? null : uri.Scheme switch
    {
        "https" or "http" => uri.Authority,
        "s3" => "s3:",
        _ => null,
    };

    private sealed class Lane
    {
        internal int Fetching { get; set; }

        internal Queue<ScanPipelineItem> Aside { get; } = new();
    }
}
