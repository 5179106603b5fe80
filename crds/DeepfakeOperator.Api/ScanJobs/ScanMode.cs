using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Whether a scan ends.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScanMode>))]
public enum ScanMode
{
    /// <summary>The source offsets are frozen at the start; the scan ends when all are done.</summary>
    Batch,

    /// <summary>The scan follows the topics for ever.</summary>
    Stream,
}
