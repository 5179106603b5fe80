namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A source partition of a stream.</summary>
/// <param name="Lag"><c>end − max(committed, logStart)</c>: what retention removed is nobody's work.</param>
/// <param name="Arrivals">Items per second over the last five minutes (shorter, and chance looks like load), or over the last one when all arrivals
/// together fell to less than half.</param>
internal readonly record struct PartitionDemand(long Lag, double Arrivals)
{
    public bool HasWork => Lag > 0 || Arrivals > 0;
}
