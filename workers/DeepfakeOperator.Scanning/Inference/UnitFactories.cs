using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Faces;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>The modalities that this worker runs.</summary>
internal static class UnitFactories
{
    /// <summary>The modality of a descriptor that <see cref="DetectorSupport"/> has let pass.</summary>
    internal static IUnitFactory For(DetectorSpec spec) => spec.Modality switch
    {
        Modality.Image => new ImageUnits(spec),
        Modality.Face => new FaceUnits(spec),
        Modality.Clip or Modality.FaceClip or Modality.AudioVisual => new ClipUnits(spec),
        Modality.Audio => new AudioUnits(spec),
        _ => throw new DetectorException("DescriptorInvalid", $"modality: {spec.Modality} is not supported by this version of the worker"),
    };
}
