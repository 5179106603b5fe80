namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Sound of an item, mixed to one channel.</summary>
/// <param name="Samples">The samples, about -1 to 1.</param>
/// <param name="SampleRate">Of them in a second.</param>
internal sealed record Recording(ReadOnlyMemory<float> Samples, int SampleRate)
{
    internal double Seconds => (double)Samples.Length / SampleRate;
}
