namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Condition types of a ScanJob and a Detector.</summary>
public static class ConditionTypes
{
    /// <summary>kstatus: done, or running as it should.</summary>
    public const string Ready = "Ready";

    /// <summary>kstatus: on the way to what the spec says.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>kstatus: cannot go on until somebody mends something; the message says what.</summary>
    public const string Stalled = "Stalled";

    /// <summary>The plan is frozen and the internal topics are there.</summary>
    public const string Planned = "Planned";

    /// <summary>Items are being processed.</summary>
    public const string Progressing = "Progressing";

    /// <summary>The number of workers is chosen; the reason says how.</summary>
    public const string ScalingActive = "ScalingActive";

    /// <summary>The job is suspended.</summary>
    public const string Suspended = "Suspended";

    /// <summary>Every item has its verdict or dead letter.</summary>
    public const string Complete = "Complete";

    /// <summary>The job ended without.</summary>
    public const string Failed = "Failed";
}
