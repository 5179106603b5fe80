namespace DeepfakeOperator.Scanning.Remote;

/// <summary>What a served model is to be asked about an item.</summary>
/// <param name="Detector">Its place among the job's detectors.</param>
/// <param name="Pictures">JPEG files.</param>
internal sealed record RemoteQuestion(int Detector, IReadOnlyList<byte[]> Pictures);
