using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning;

/// <summary>A detector of the job as the decode stage sees it: run here in batches, or served elsewhere.</summary>
internal interface IDetector
{
    /// <summary>Its descriptor.</summary>
    DetectorSpec Spec { get; }

    /// <summary>True: it looks at pictures.</summary>
    bool TakesFrames { get; }

    /// <summary>True: it listens to sound.</summary>
    bool TakesSound { get; }

    /// <summary>Smallest size to which a picture may be decoded, from its full size; null: only the full one will do.</summary>
    (int Width, int Height)? Needed(int width, int height);

    /// <summary>Begins an item.</summary>
    IUnitSource Open(ScanPipelineItem item);
}
