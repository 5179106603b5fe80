using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>One Detector or ClusterDetector of a file.</summary>
/// <param name="Name">Its <c>metadata.name</c>, or the file's name where it has none.</param>
/// <param name="Spec">The descriptor; null where it cannot be read.</param>
/// <param name="Problems">What is wrong with it, as <c>file:line: field: message</c>; empty: nothing.</param>
/// <param name="ModelUri">Where the model is said to be, also when the descriptor cannot be read.</param>
/// <param name="LacksModelSha256">True: only the model's sha256 is left to be filled in.</param>
internal sealed record DetectorDocument(string Name, DetectorSpec? Spec, IReadOnlyList<string> Problems, string? ModelUri, bool LacksModelSha256);
