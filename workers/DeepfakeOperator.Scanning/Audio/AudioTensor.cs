using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>From a stretch of a recording to one unit of an input tensor. Safe to use from several threads.</summary>
internal sealed class AudioTensor
{
    private readonly AudioSpec _audio;
    private readonly AudioFrontend _frontend;
    private readonly bool _timeFirst;

    internal AudioTensor(AudioSpec audio, TensorLayout layout)
    {
        (_audio, _frontend, _timeFirst) = (audio, new AudioFrontend(audio), layout is TensorLayout.NTF or TensorLayout.NHWC);
        var (features, frames) = ((long)_frontend.Features, (long)_frontend.Frames);
        Shape = layout switch
        {
            TensorLayout.NT => [frames],
            TensorLayout.N1T => [1, frames],
            TensorLayout.NFT => [features, frames],
            TensorLayout.NTF => [frames, features],
            TensorLayout.NCHW => [1, features, frames],
            _ => [frames, features, 1],
        };
    }

    /// <summary>Shape of one unit's part, without the batch axis.</summary>
    internal long[] Shape { get; }

    /// <summary>The unit that begins at a sample.</summary>
    internal float[] Compute(ReadOnlySpan<float> recording, int start)
    {
        var samples = new float[_audio.Samples];
        AudioWindows.Fill(recording, start, _audio, samples);
        if (_audio.Frontend.Kind == FrontendKind.Raw) return samples;
        var features = new float[_frontend.Features * _frontend.Frames];
        _frontend.Compute(samples, _timeFirst, features);
        return features;
    }
}
