using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Brings the sound of an item to the detectors that listen: decoded once a sample rate, cut to speech where they want that.</summary>
/// <param name="specs">The descriptors, in the order of the job's detectors.</param>
/// <param name="gates">For each the voice-activity model that it names, or null.</param>
/// <param name="decoder">Decodes.</param>
/// <param name="sampling">How much the job listens to.</param>
internal sealed class SoundStage(
    IReadOnlyList<DetectorSpec> specs, IReadOnlyList<SpeechGate?> gates, AudioDecoder decoder, AudioSamplingSpec sampling)
{
    /// <summary>Hands the sound to the sources that are there.</summary>
    /// <param name="item">Told why a detector does not apply.</param>
    /// <param name="media">The item's media.</param>
    /// <param name="sources">One a detector, null where it does not listen.</param>
    /// <param name="ct">Ends it.</param>
    internal async Task HandAsync(ScanPipelineItem item, FetchedMedia media, IUnitSource?[] sources, CancellationToken ct)
    {
        var listening = Enumerable.Range(0, sources.Length).Where(i => sources[i] is not null).ToArray();
        var recordings = new Dictionary<(int Rate, bool Aligned), Recording>();
        foreach (var i in listening)
        {
            var audio = specs[i].Audio!;
            // A detector of sound hears what published ones hear, from the first sample; one that compares it with pictures needs the item's own time.
            var aligned = specs[i].Modality == Modality.AudioVisual;
            var recording = await RecordingAsync(audio.SampleRate, aligned);
            if (gates[i] is { } gate) recording = recording.Only(gate.Speech(await RecordingAsync(gate.SampleRate, aligned)));
            if (recording.Samples.IsEmpty) item.Exclude(i, "nobody speaks in it, says audio.voiceActivity");
            else if (recording.Seconds < audio.MinSeconds) item.Exclude(i, Short(recording.Seconds, audio, gates[i] is not null));
            else await sources[i]!.SoundAsync(recording, item.TimesOf(i), ct);
        }

        async ValueTask<Recording> RecordingAsync(int rate, bool aligned)
        {
            if (recordings.TryGetValue((rate, aligned), out var known)) return known;
            return recordings[(rate, aligned)] = await decoder.DecodeAsync(media, rate, Longest(listening, rate), aligned, ct);
        }
    }

    /// <summary>Who only looks at the start needs no more than that; the speech of all must be known before it can be cut.</summary>
    private double Longest(int[] listening, int rate)
    {
        double longest = 0;
        foreach (var i in listening)
        {
            var audio = specs[i].Audio!;
            if (gates[i] is not null || audio.Crop != AudioCrop.Start || specs[i].Modality != Modality.Audio) return sampling.MaxSeconds;
            if (audio.SampleRate == rate) longest = Math.Max(longest, Math.Max(audio.MinSeconds, (double)audio.Samples / rate));
        }
        return Math.Min(sampling.MaxSeconds, longest);
    }

    private static string Short(double seconds, AudioSpec audio, bool speech) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"it holds {seconds:0.##} s of {(speech ? "speech" : "sound")}, audio.minSeconds is {audio.MinSeconds}");
}
