namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Why the autoscaler chose what it chose: the reasons of the ScalingActive condition.</summary>
internal static class ScalingReasons
{
    public const string OffsetsUnknown = "OffsetsUnknown";
    public const string NothingWaits = "NothingWaits";
    public const string MeasuringRate = "MeasuringRate";

    // Batch.
    public const string AsFastAsAllowed = "AsFastAsAllowed";
    public const string OnTarget = "OnTarget";
    public const string BehindTarget = "BehindTarget";
    public const string ShardsLeft = "ShardsLeft";

    // Stream.
    public const string KeepingUp = "KeepingUp";
    public const string DrainingBacklog = "DrainingBacklog";

    public const string ScaleDownDelayed = "ScaleDownDelayed";
}
