namespace DeepfakeOperator.Api.Records;

/// <summary>Seconds that one item spent in each stage.</summary>
/// <param name="Fetch">Fetching the media.</param>
/// <param name="Decode">Decoding and preprocessing.</param>
/// <param name="Infer">Waiting for a batch, and in the model.</param>
public readonly record struct StageTimings(double Fetch, double Decode, double Infer);
