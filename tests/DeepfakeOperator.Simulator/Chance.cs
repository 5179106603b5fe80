namespace DeepfakeOperator.Simulator;

/// <summary>Seeded draws; each trace has its own, so that a new trace changes no other.</summary>
internal sealed class Chance(int seed, string trace)
{
    private readonly Random _random = new(unchecked(seed * 1_000_003 + trace.Aggregate(17, (hash, letter) => unchecked(hash * 31 + letter))));

    public double Between(double from, double to) => from + _random.NextDouble() * (to - from);

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    /// <summary>Log-normal with this mean; the larger the spread, the longer the tail.</summary>
    public double LogNormal(double mean, double spread) => mean * Math.Exp(spread * Normal() - spread * spread / 2);

    /// <summary>How many of something that happens so often on average.</summary>
    public int Poisson(double mean)
    {
        if (mean > 30) return (int)Math.Max(0, Math.Round(mean + Math.Sqrt(mean) * Normal()));
        var (limit, product, count) = (Math.Exp(-mean), _random.NextDouble(), 0);
        for (; product > limit; count++) product *= _random.NextDouble();
        return count;
    }

    public double[] Many(int count, Func<int, double> draw) => [.. Enumerable.Range(0, count).Select(draw)];

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
