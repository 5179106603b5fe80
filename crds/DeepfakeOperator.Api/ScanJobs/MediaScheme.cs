using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>A URI scheme that media may be fetched from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MediaScheme>))]
public enum MediaScheme
{
    /// <summary>A file on a volume of the worker pod.</summary>
    [JsonStringEnumMemberName("file")]
    File,

    /// <summary>HTTP over TLS.</summary>
    [JsonStringEnumMemberName("https")]
    Https,

    /// <summary>Plain HTTP; only sensible inside a cluster.</summary>
    [JsonStringEnumMemberName("http")]
    Http,

    /// <summary>An S3 object.</summary>
    [JsonStringEnumMemberName("s3")]
    S3,
}
