namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Every reason that a condition or an Event of a ScanJob or a Detector may have.</summary>
internal static class Reasons
{
    // Something must be mended; the message says what.
    public const string InvalidSpec = "InvalidSpec";
    public const string ModeNotSupported = "ModeNotSupported";
    public const string DetectorNotFound = "DetectorNotFound";
    public const string DetectorNotReady = "DetectorNotReady";
    public const string SecretNotFound = "SecretNotFound";
    public const string SecretInvalid = "SecretInvalid";
    public const string KafkaUnreachable = "KafkaUnreachable";
    public const string KafkaAuthenticationFailed = "KafkaAuthenticationFailed";
    public const string KafkaConfigurationInvalid = "KafkaConfigurationInvalid";
    public const string KafkaDenied = "KafkaAuthorizationFailed";
    public const string KafkaFailed = "KafkaFailed";
    public const string SourceTopicNotFound = "SourceTopicNotFound";
    public const string ResultTopicUnavailable = "ResultTopicUnavailable";
    public const string WorkerRefused = "WorkerRefused";
    public const string KubernetesDenied = "KubernetesAccessDenied";

    // On the way.
    public const string Connecting = "ConnectingToKafka";
    public const string Planning = "Planning";
    public const string Planned = "Planned";
    public const string Restoring = "RestoringProgress";
    public const string Running = "Running";
    public const string WaitingForWorkers = "WaitingForWorkers";
    public const string NotStarted = "NotStarted";
    public const string Fine = "AsExpected";

    // Why there are as many workers as there are.
    public const string SetByHand = "SetByHand";
    public const string OffsetsUnknown = "OffsetsUnknown";
    public const string NothingWaits = "NothingWaits";
    public const string MeasuringRate = "MeasuringRate";
    public const string AsFastAsAllowed = "AsFastAsAllowed";
    public const string OnTarget = "OnTarget";
    public const string BehindTarget = "BehindTarget";
    public const string ShardsLeft = "ShardsLeft";
    public const string KeepingUp = "KeepingUp";
    public const string DrainingBacklog = "DrainingBacklog";
    public const string ScaleDownDelayed = "ScaleDownDelayed";

    // Suspended.
    public const string Suspended = "Suspended";
    public const string Draining = "Draining";
    public const string NotSuspended = "NotSuspended";

    // The end.
    public const string AllItemsDone = "AllItemsDone";
    public const string NothingToDo = "NothingToDo";
    public const string BackoffLimitExceeded = "BackoffLimitExceeded";
    public const string ActiveDeadlineExceeded = "ActiveDeadlineExceeded";
    public const string PendingDeadlineExceeded = "PendingDeadlineExceeded";

    // Events only.
    public const string Started = "Started";
    public const string Recovered = "Recovered";
    public const string CleanupAbandoned = "CleanupAbandoned";

    // Detectors.
    public const string Checking = "Checking";
    public const string ConformancePassed = "ConformancePassed";
    public const string CheckFailed = "CheckFailed";
}
