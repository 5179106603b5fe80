using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Where a batch ends.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndAt>))]
public enum EndAt
{
    /// <summary>The last stable offset at the time of planning.</summary>
    Now,

    /// <summary>The first record at or after a time is no longer read.</summary>
    Timestamp,
}
