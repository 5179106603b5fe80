using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>One word for where a scan stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScanJobPhase>))]
public enum ScanJobPhase
{
    /// <summary>Accepted, not yet planned; or waiting for something a condition names.</summary>
    Pending,

    /// <summary>Offsets are being frozen and topics made.</summary>
    Planning,

    /// <summary>Workers are wanted.</summary>
    Running,

    /// <summary>Suspended, no worker left.</summary>
    Suspended,

    /// <summary>Suspended or ending, workers are still finishing.</summary>
    Draining,

    /// <summary>Every item has its verdict or dead letter.</summary>
    Succeeded,

    /// <summary>Ended without.</summary>
    Failed,
}
