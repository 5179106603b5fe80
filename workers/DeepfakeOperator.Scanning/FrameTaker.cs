using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning;

/// <summary>Who takes the frames of an item.</summary>
/// <param name="Detector">Index of the detector.</param>
/// <param name="Spec">Its descriptor.</param>
/// <param name="Source">What makes units of the frames.</param>
/// <param name="Finder">What finds the faces that it asks for, or null.</param>
internal sealed record FrameTaker(int Detector, DetectorSpec Spec, IUnitSource Source, FaceFinder? Finder);
