using DeepfakeOperator.Scanning.Faces;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>The score of one unit, its variants combined.</summary>
/// <param name="T">Seconds from the start of the media.</param>
/// <param name="Score">P(fake).</param>
/// <param name="Face">The face that was looked at, or null.</param>
internal readonly record struct UnitResult(double T, RawScore Score, Face? Face = null);
