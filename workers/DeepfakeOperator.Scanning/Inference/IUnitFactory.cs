namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A modality: what one unit of a detector's input is. One object a detector; safe to use from several threads.</summary>
internal interface IUnitFactory
{
    /// <summary>Shape of one unit's part of each input, without the batch axis, in the order of the descriptor's inputs.</summary>
    IReadOnlyList<long[]> Shapes { get; }

    /// <summary>Smallest size to which a picture may be decoded, from its full size; null: only the full one will do.</summary>
    (int Width, int Height)? Needed(int width, int height);

    /// <summary>True: its units are made of pictures.</summary>
    bool TakesFrames => true;

    /// <summary>True: its units are made of sound, as the descriptor's audio says.</summary>
    bool TakesSound => false;

    /// <summary>Begins an item.</summary>
    IUnitSource Open(UnitSink sink);
}
