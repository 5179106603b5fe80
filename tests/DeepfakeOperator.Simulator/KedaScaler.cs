namespace DeepfakeOperator.Simulator;

/// <summary>
/// KEDA's Kafka scaler: ceil(lag ÷ threshold) between 0 and the maximum, looked at every 30 s, up at once, down to the most that was wanted in the
/// last 300 s. In its
/// favour the HPA's tolerance of a tenth, its limit on steps up and its second loop of 15 s are left out, lag is exact to the item, and an error
/// holds the size.
/// </summary>
/// <param name="threshold">Items of lag for one worker.</param>
/// <param name="most">maxReplicaCount.</param>
internal sealed class KedaScaler(double threshold, int most) : IScaler
{
    private const double Cooldown = 300;

    private readonly Queue<(double At, int Wanted)> _recent = new();

    public int Interval => 30;

    /// <summary>It scales a Deployment, which has no end.</summary>
    public bool KnowsTheEnd => false;

    public int Decide(View view)
    {
        if (view.OffsetsKnown)
        {
            _recent.Enqueue((view.Now, Math.Min(most, (int)Math.Ceiling(view.Lag / threshold))));
            while (_recent.Peek().At <= view.Now - Cooldown) _recent.Dequeue();
        }
        return _recent.Count == 0 ? 0 : _recent.Max(recent => recent.Wanted);
    }
}
