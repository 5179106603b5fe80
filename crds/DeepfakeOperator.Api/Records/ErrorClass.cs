using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Records;

/// <summary>Why an item has no verdict. Each names the stage and whose side the fault is on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorClass>))]
public enum ErrorClass
{
    /// <summary>The media is not where the item says.</summary>
    FetchNotFound,

    /// <summary>The source refuses, or the ScanJob does not allow this address.</summary>
    FetchDenied,

    /// <summary>The source did not answer in <c>media.fetchTimeout</c>, retries included.</summary>
    FetchTimeout,

    /// <summary>More than <c>media.maxBytes</c>.</summary>
    FetchTooLarge,

    /// <summary>The bytes do not have the item's sha256.</summary>
    ChecksumMismatch,

    /// <summary>A type no decoder here takes.</summary>
    UnsupportedMedia,

    /// <summary>A known type, but broken.</summary>
    CorruptMedia,

    /// <summary>More pixels or seconds than are decoded.</summary>
    MediaTooLarge,

    /// <summary>Decoding took longer than allowed.</summary>
    DecodeTimeout,

    /// <summary>The model failed on this item.</summary>
    InferenceFailed,

    /// <summary>The item killed the worker process.</summary>
    WorkerCrash,

    /// <summary>The Kafka record is no item.</summary>
    RecordInvalid,

    /// <summary>Retention removed the records before they were read; one dead letter for the range.</summary>
    SourceExpired,
}
