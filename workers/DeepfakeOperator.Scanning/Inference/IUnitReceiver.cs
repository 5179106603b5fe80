namespace DeepfakeOperator.Scanning.Inference;

/// <summary>What waits for the outcome of units; called from a session's thread.</summary>
internal interface IUnitReceiver
{
    /// <summary>The raw values of one unit, output after output. Must not throw.</summary>
    void Receive(int detector, int frame, ReadOnlySpan<float> values);

    /// <summary>The model failed on this unit. Must not throw.</summary>
    void Fail(ScanPipelineItemException error);
}
