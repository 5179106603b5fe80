using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Where reading starts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StartFrom>))]
public enum StartFrom
{
    /// <summary>The oldest record that is still there.</summary>
    Earliest,

    /// <summary>Records after the job was accepted.</summary>
    Latest,

    /// <summary>The first record at or after a time.</summary>
    Timestamp,
}
