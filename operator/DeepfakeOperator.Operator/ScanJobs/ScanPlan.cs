using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// The shards of a batch, in the order in which they are dealt: coarse ones first, each round taking one from every range that has one left, so that workers read
/// from many source partitions at once; then the fine ones, likewise. Any shard is computed from its number, so a plan of millions takes no more memory than its ranges.
/// </summary>
internal sealed class ScanPlan
{
    private readonly Layer _coarse;
    private readonly Layer _fine;

    internal ScanPlan(IReadOnlyList<PlannedRange> coarse, int coarseItems, IReadOnlyList<PlannedRange> fine, int fineItems)
    {
        _coarse = new Layer(coarse, coarseItems);
        _fine = new Layer(fine, fineItems);
        Shards = checked((int)(_coarse.Shards + _fine.Shards));
        Items = coarse.Concat(fine).Sum(range => range.To - range.From);
        Partitions = coarse.Concat(fine).Select(range => (range.Topic, range.Partition)).Distinct().Count();
    }

    public int Shards { get; }

    /// <summary>Offsets of all ranges.</summary>
    public long Items { get; }

    /// <summary>Source partitions with work.</summary>
    public int Partitions { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    public ShardRecord this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shards);
            return index < _coarse.Shards ? _coarse.At(index, index) : _fine.At(index - _coarse.Shards, index);
        }
    }

    /// <summary>Offsets of the first so many shards.</summary>
    public long ItemsBefore(int shards) =>
        shards < _coarse.Shards ? _coarse.ItemsBefore(shards) : _coarse.ItemsBefore(_coarse.Shards) + _fine.ItemsBefore(shards - _coarse.Shards);

    /// <summary>Ranges cut into shards of one size. Sorted by number of shards, a round takes a prefix of them, and rounds of the same width form a segment.</summary>
    private sealed class Layer
    {
        private readonly PlannedRange[] _ranges;
        private readonly int _size;
        private readonly List<Segment> _segments = [];

        public Layer(IReadOnlyList<PlannedRange> ranges, int size)
        {
            _size = size;
            _ranges = [.. ranges.OrderByDescending(CountOf)];
            var round = 0L;
            for (var width = _ranges.Length; width > 0;)
            {
                var rounds = CountOf(_ranges[width - 1]);
                if (rounds > round) _segments.Add(new Segment(Shards, round, width));
                Shards += (rounds - round) * width;
                round = rounds;
                while (width > 0 && CountOf(_ranges[width - 1]) == rounds) width--;
            }
        }

        public long Shards { get; }

        public ShardRecord At(long position, int index)
        {
            var (round, place) = Locate(position);
            var range = _ranges[place];
            var from = range.From + round * _size;
            return new ShardRecord(index, range.Topic, range.Partition, from, Math.Min(from + _size, range.To));
        }

        public long ItemsBefore(long position)
        {
            var (round, place) = position < Shards ? Locate(position) : (long.MaxValue / _size - 1, 0);
            return _ranges.Select((range, index) => Math.Min(range.To - range.From, (index < place ? round + 1 : round) * _size)).Sum();
        }

        private (long Round, int Place) Locate(long position)
        {
            var (low, high) = (0, _segments.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (_segments[middle].Start <= position) low = middle;
                else high = middle - 1;
            }
            var segment = _segments[low];
            var (rounds, place) = Math.DivRem(position - segment.Start, segment.Width);
            return (segment.Round + rounds, (int)place);
        }

        private long CountOf(PlannedRange range) => (range.To - range.From + _size - 1) / _size;

        private readonly record struct Segment(long Start, long Round, int Width);
    }
}
