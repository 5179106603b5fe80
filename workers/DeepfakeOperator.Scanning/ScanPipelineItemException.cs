using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning;

/// <summary>An item-fatal error inside a stage. The message is fit for a stranger's eyes: no secret, no path of the worker.</summary>
internal sealed class ScanPipelineItemException(ErrorClass errorClass, string stage, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stage names as they stand in dead letters and metrics.</summary>
    internal const string FeedStage = "feed", FetchStage = "fetch", DecodeStage = "decode", InferStage = "infer";

    internal ErrorClass Class { get; } = errorClass;

    internal int Attempts { get; init; } = 1;

    internal ItemFailure ToFailure() => new(Class, stage, Message, Attempts);

    internal static ScanPipelineItemException Record(string message, Exception? inner = null) =>
        new(ErrorClass.RecordInvalid, FeedStage, message, inner);

    internal static ScanPipelineItemException Fetch(ErrorClass errorClass, string message, Exception? inner = null) =>
        new(errorClass, FetchStage, message, inner);

    internal static ScanPipelineItemException Decode(ErrorClass errorClass, string message, Exception? inner = null) =>
        new(errorClass, DecodeStage, message, inner);

    internal static ScanPipelineItemException Infer(string message, Exception? inner = null) =>
        new(ErrorClass.InferenceFailed, InferStage, message, inner);
}
