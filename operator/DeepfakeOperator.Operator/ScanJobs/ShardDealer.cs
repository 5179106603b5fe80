namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Chooses which shards to write to which partition of the shards topic now. Shards go out in the order of the plan, just in time: about a minute of work is kept
/// unfinished in each partition, so a fast GPU gets more than a slow one, a late worker gets its part at once, and a drained one strands little.
/// </summary>
internal static class ShardDealer
{
    /// <summary>Work kept in each partition, in seconds.</summary>
    private const double Horizon = 60;

    /// <summary>A worker must not fall idle between two deals, however small the shards: progress takes a second to arrive, and dealing another.</summary>
    private const double Bridge = 3;

    /// <param name="plan">All shards.</param>
    /// <param name="dealt">How many of them, from the first, are dealt already.</param>
    /// <param name="loads">Each partition of the shards topic.</param>
    public static IReadOnlyList<DealtShard> Deal(ScanPlan plan, int dealt, IReadOnlyList<PartitionLoad> loads)
    {
        var rest = plan.Shards - dealt;
        if (rest == 0 || loads.Count == 0) return [];

        var known = loads.Where(load => load.Rate > 0).Select(load => load.Rate).DefaultIfEmpty(0);
        var typical = known.Average();
        var hands = loads.Select((load, partition) => new Hand(partition, load, load.Rate > 0 ? load.Rate : typical)).ToArray();
        var unfinished = loads.Sum(load => load.Items) + UndealtItems(plan, dealt);
        var end = typical > 0 ? unfinished / hands.Sum(hand => hand.Rate) : double.PositiveInfinity;
        // Near the end a minute in hand is a minute that nobody else can take over: half of what is left is.
        var horizon = Math.Max(Bridge, Math.Min(Horizon, end / 2));

        var order = new PriorityQueue<Hand, (double, int)>(hands.Select(hand => (hand, hand.Order)));
        var deals = new List<DealtShard>();
        while (rest > 0 && order.TryDequeue(out var hand, out _))
        {
            var shard = plan[plan.Shards - rest];
            var finish = hand.FinishWith(shard.To - shard.From);
            var wanted = hand.Shards switch
            {
                0 => true,
                1 when rest >= 2 * loads.Count => finish <= Math.Max(end, horizon) || typical == 0,
                _ => finish <= horizon,
            };
            // Not asked again in this round: its work only grows, and the other partitions' is no reason to give it more.
            if (!wanted) continue;
            deals.Add(new DealtShard(shard.Index, hand.Partition));
            hand.Take(shard.To - shard.From);
            order.Enqueue(hand, hand.Order);
            rest--;
        }
        return deals;
    }

    private static long UndealtItems(ScanPlan plan, int dealt) => plan.Items - plan.ItemsBefore(dealt);

    private sealed class Hand(int partition, PartitionLoad load, double rate)
    {
        private long _items = load.Items;

        public int Partition => partition;

        public double Rate => rate;

        public int Shards { get; private set; } = load.Shards;

        /// <summary>Who has nothing comes first, then who will have finished first.</summary>
        public (double, int) Order => (Shards == 0 ? -1 : rate > 0 ? _items / rate : Shards, partition);

        public double FinishWith(long items) => rate > 0 ? (_items + items) / rate : double.PositiveInfinity;

        public void Take(long items)
        {
            _items += items;
            Shards++;
        }
    }
}
