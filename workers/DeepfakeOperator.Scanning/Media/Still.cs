namespace DeepfakeOperator.Scanning.Media;

/// <summary>A decoded still.</summary>
/// <param name="Pixels">Upright, perhaps decoded smaller.</param>
/// <param name="Width">Pixels across of the full picture, upright.</param>
/// <param name="Height">Pixels down of the full picture, upright.</param>
internal sealed record Still(PixelBuffer Pixels, int Width, int Height) : IDisposable
{
    public void Dispose() => Pixels.Dispose();
}
