namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Room for one unit in a batch that is filling; goes back through Commit or Abandon, soon, since the whole batch waits for it.</summary>
/// <param name="Buffer">The batch.</param>
/// <param name="Index">Which slot.</param>
internal readonly record struct BatchSlot(BatchBuffer Buffer, int Index)
{
    /// <summary>The unit's part of one of the model's inputs.</summary>
    internal Span<byte> Input(int input) => Buffer.Slot(Index, input);
}
