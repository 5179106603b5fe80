namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>What the workers of a batch can do, the slow ones among them known.</summary>
internal sealed class BatchFleet
{
    /// <summary>A worker that does less than this share of what the others do on average is slow; chance and uneven items stay above it.</summary>
    private const double Slow = 0.85;

    private readonly ScalingInput _input;
    private readonly double _speed;
    private readonly double[] _ready;

    /// <param name="input">What is known.</param>
    /// <param name="speed">Items per second of a worker that nothing is known of.</param>
    public BatchFleet(ScalingInput input, double speed)
    {
        (_input, _speed) = (input, speed);
        // The slowest first, as they are sent away first.
        _ready = [.. input.Rates.Take(input.Ready).Concat(Enumerable.Repeat(speed, Math.Max(0, input.Ready - input.Rates.Count))).Order()];
    }

    /// <summary>Items that so many workers do in the seconds left: the ready ones all the time, the others less their start-up.</summary>
    public double Does(double seconds, int workers)
    {
        var time = Math.Max(0, seconds);
        var pending = Math.Clamp(workers - _input.Ready, 0, _input.Pending);
        return _ready.TakeLast(workers).Sum() * time + pending * _speed * Math.Max(0, time - BatchNeed.PendingLeft(_input));
    }

    /// <summary>Slow workers without which the rest still does it all in time: what they would do costs less with the others.</summary>
    public int Dispensable(double seconds, long items)
    {
        var count = 0;
        while (IsSlow(count) && Does(seconds, _input.Ready - count - 1) >= items) count++;
        return count;
    }

    /// <summary>Slow workers that to the end of the batch take so much longer than a typical one that it pays its start-up twice.</summary>
    public int WorthExchanging
    {
        get
        {
            // Those that are new must show what they are before more are asked for.
            if (_input.Pending > 0 || _input.Rates.Count < _input.Ready) return 0;
            var end = _input.Left / Math.Max(1e-9, _ready.Sum());
            var startUp = (_input.StartUp ?? BatchNeed.UsualStartUp).TotalSeconds;
            var typical = _input.TypicalRate ?? _speed;
            return _ready.Count(rate => rate < Slow * typical && end * (1 - rate / typical) > 2 * startUp);
        }
    }

    /// <summary>Those of the slots that are slow.</summary>
    public static IReadOnlyDictionary<int, double> SlowOf(IReadOnlyDictionary<int, double> rates) =>
        rates.Where(slot => slot.Value < Slow * rates.Values.Average()).ToDictionary();

    private bool IsSlow(int place) => place < _ready.Length - 1 && _ready[place] < Slow * Others(place);

    /// <summary>The average of those that are faster.</summary>
    private double Others(int place) => _ready.Skip(place + 1).Average();
}
