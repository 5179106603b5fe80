namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Where the units that one detector gets of one item go: into batches that they share with other items.</summary>
internal sealed class UnitSink(Batcher batcher, IUnitReceiver receiver)
{
    /// <summary>The model whose inputs a unit fills.</summary>
    internal ModelSession Session => batcher.Session;

    /// <summary>Waits for a slot, has it written and commits it. <paramref name="write"/> fills all inputs of the slot, soon: the batch waits for it.</summary>
    internal async ValueTask AddAsync(Unit unit, Action<BatchSlot> write, CancellationToken ct)
    {
        var slot = await batcher.ReserveAsync(ct);
        try
        {
            write(slot);
        }
        catch
        {
            batcher.Abandon(slot);
            throw;
        }
        receiver.Expect();
        batcher.Commit(slot, receiver, unit);
    }
}
