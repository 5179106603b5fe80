using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using DeepfakeOperator.Scanning.Verdicts;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>The decode stage: pictures and sound of an item, preprocessed into the batches of the detectors that take them.</summary>
internal sealed class ScanPipelineDecoder(
    IReadOnlyList<IDetector> detectors, VideoDecoder videos, PictureStage pictures, SoundStage sound, ILogger logger)
{
    /// <summary>Decodes a still on the calling thread.</summary>
    internal async Task DecodeStillAsync(ScanPipelineItem item, CancellationToken ct)
    {
        item.Begin();
        try
        {
            using (var still = StillDecoder.Decode(item.Media!, Needed))
            {
                item.Found(still.Width, still.Height, null);
                Exclude(item, pictures: true, sound: false);
                ExcludeClips(item);
                var sources = Open(item);
                await pictures.StillAsync(item, still.Pixels, sources, ct);
                foreach (var source in sources) await EndAsync(source, ct);
            }
            item.Decoded(null, 1);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            item.Drop();
        }
        catch (Exception error)
        {
            item.Ended(Typed(error, item));
        }
    }

    /// <summary>Decodes a video, whose work is in another process.</summary>
    internal async Task DecodeVideoAsync(ScanPipelineItem item, CancellationToken ct)
    {
        item.Begin();
        try
        {
            if (item.Media!.Type.Kind == MediaKind.Audio && !detectors.Any(detector => detector.TakesSound))
            {
                item.NothingFor("audio", null, "no detector of the job takes audio");
                item.Decoded(null, 0);
                return;
            }
            var info = await videos.ProbeAsync(item.Media, ct);
            item.Found(info.Width, info.Height, info.Duration, info.HasPictures ? null : "audio");
            Exclude(item, info.HasPictures, info.HasSound);
            var sources = Open(item);
            var (times, frames) = info.HasPictures ? await pictures.VideoAsync(item, info, sources, ct) : ([], 0);
            await sound.HandAsync(item, item.Media, [.. sources.Select((source, i) => detectors[i].TakesSound ? source : null)], ct);
            foreach (var source in sources) await EndAsync(source, ct);
            item.Decoded(times, frames);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            item.Drop();
        }
        catch (Exception error)
        {
            item.Ended(Typed(error, item));
        }
    }

    private void ExcludeClips(ScanPipelineItem item)
    {
        for (var i = 0; i < detectors.Count; i++)
        {
            if (detectors[i].Spec.Modality is Modality.Clip or Modality.FaceClip)
                item.Exclude(i, "it is a still, and the detector looks at clips of a video");
        }
    }

    /// <summary>Tells the item which detectors it has nothing for.</summary>
    private void Exclude(ScanPipelineItem item, bool pictures, bool sound)
    {
        for (var i = 0; i < detectors.Count; i++)
        {
            if (detectors[i].TakesFrames && !pictures) item.Exclude(i, "it holds no pictures");
            else if (detectors[i].TakesSound && !sound) item.Exclude(i, "it holds no sound");
        }
    }

    /// <summary>One source a detector; null for those that do not apply to the item.</summary>
    private IUnitSource?[] Open(ScanPipelineItem item) =>
        [.. detectors.Select((detector, i) => item.Applies(i) ? detector.Open(item) : null)];

    private static ValueTask EndAsync(IUnitSource? source, CancellationToken ct) => source?.EndAsync(ct) ?? ValueTask.CompletedTask;

    /// <summary>The largest of what the detectors need; null as soon as one needs all pixels.</summary>
    private (int Width, int Height)? Needed(int width, int height)
    {
        var (w, h) = (0, 0);
        foreach (var detector in detectors)
        {
            if (Gates.NeedQuality(detector.Spec.Gates) || detector.Needed(width, height) is not { } needed) return null;
            (w, h) = (Math.Max(w, needed.Width), Math.Max(h, needed.Height));
        }
        return (w, h);
    }

    private ScanPipelineItemException Typed(Exception error, ScanPipelineItem item)
    {
        if (error is ScanPipelineItemException typed) return typed;
        logger.LogError(error, "Item {Item} failed to decode in an unforeseen way", item.Source.Id);
        return ScanPipelineItemException.Decode(ErrorClass.CorruptMedia, $"decoding failed in an unforeseen way ({error.GetType().Name})", error);
    }
}
