namespace DeepfakeOperator.Scanning.Inference;

/// <summary>What waits for the outcome of units; called from a session's thread, except for <see cref="Expect"/>.</summary>
internal interface IUnitReceiver
{
    /// <summary>One more unit is about to enter a batch; its outcome will come.</summary>
    void Expect();

    /// <summary>The raw values of one unit, output after output. Must not throw.</summary>
    void Receive(int detector, Unit unit, ReadOnlySpan<float> values);

    /// <summary>The model failed on this unit. Must not throw.</summary>
    void Fail(ScanPipelineItemException error);
}
