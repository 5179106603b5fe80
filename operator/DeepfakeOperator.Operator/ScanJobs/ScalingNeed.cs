namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>How many workers the work itself asks for, before limits and delays.</summary>
internal readonly record struct ScalingNeed(int Workers, string Reason, string Message);
