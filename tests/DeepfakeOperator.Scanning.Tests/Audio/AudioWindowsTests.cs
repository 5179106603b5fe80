using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Audio;

namespace DeepfakeOperator.Scanning.Tests.Audio;

public sealed class AudioWindowsTests
{
    [Theory]
    [InlineData(AudioPad.Tile, new float[] { 1, 2, 3, 1, 2, 3, 1, 2 })]
    [InlineData(AudioPad.ZeroRight, new float[] { 1, 2, 3, 0, 0, 0, 0, 0 })]
    [InlineData(AudioPad.ZeroCentre, new float[] { 0, 0, 1, 2, 3, 0, 0, 0 })]
    [InlineData(AudioPad.RepeatElement, new float[] { 1, 1, 1, 2, 2, 2, 3, 3 })]
    public void A_short_recording_is_filled(AudioPad pad, float[] expected) =>
        Assert.Equal(expected, Unit([1, 2, 3], new AudioSpec { Samples = 8, Pad = pad }));

    [Theory]
    [InlineData(AudioCrop.Start, 0, new[] { 0 })]
    [InlineData(AudioCrop.Centre, 0, new[] { 4 })]
    [InlineData(AudioCrop.ThreeQuarter, 0, new[] { 6 })]
    [InlineData(AudioCrop.Slide, 3, new[] { 0, 3, 6, 8 })]
    [InlineData(AudioCrop.Slide, 4, new[] { 0, 4, 8 })]
    public void A_long_recording_is_cut(AudioCrop crop, int hop, int[] starts) =>
        Assert.Equal(starts, AudioWindows.Starts(10, new AudioSpec { Samples = 2, Crop = crop, Hop = hop }));

    [Fact]
    public void A_recording_that_fits_is_one_unit_whatever_the_crop()
    {
        foreach (var crop in Enum.GetValues<AudioCrop>())
            Assert.Equal([0], AudioWindows.Starts(5, new AudioSpec { Samples = 5, Crop = crop, Hop = 1 }));
    }

    [Fact]
    public void Levels_are_divided_by_peak_or_deviation()
    {
        Assert.Equal([0.5f, -1f, 0.25f, 0], Unit([2, -4, 1, 0], new AudioSpec { Samples = 4, Normalise = AudioNormalise.Peak }));
        // Mean 0, mean square 4.
        Assert.Equal([1f, -1f, 1f, -1f], Unit([2, -2, 2, -2], new AudioSpec { Samples = 4, Normalise = AudioNormalise.Std }));
        Assert.Equal([0f, 0f], Unit([0, 0], new AudioSpec { Samples = 2, Normalise = AudioNormalise.Std }));
    }

    [Fact]
    public void Sound_put_together_of_pieces_knows_when_each_was_heard()
    {
        var recording = new Recording(Enumerable.Range(0, 100).Select(i => (float)i).ToArray(), 10).Only([(1, 2), (5, 6.5), (20, 21)]);
        Assert.Equal(25, recording.Samples.Length);
        var samples = recording.Samples.Span;
        Assert.Equal((10f, 19f, 50f, 64f), (samples[0], samples[9], samples[10], samples[24]));
        Assert.Equal((1, 1.9, 5, 6.4), (recording.TimeOf(0), recording.TimeOf(9), recording.TimeOf(10), recording.TimeOf(24)));
    }

    private static float[] Unit(float[] samples, AudioSpec audio)
    {
        var unit = new float[audio.Samples];
        AudioWindows.Fill(samples, 0, audio, unit);
        return unit;
    }
}
