using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;
using DeepfakeOperator.Scanning.Verdicts;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>The decode stage: pictures of an item, preprocessed into the batches of the detectors that take them.</summary>
internal sealed class ScanPipelineDecoder(IReadOnlyList<Batcher> detectors, VideoDecoder videos, ILogger logger)
{
    /// <summary>Decodes a still on the calling thread.</summary>
    internal void DecodeStill(ScanPipelineItem item)
    {
        item.Begin();
        try
        {
            using (var still = StillDecoder.Decode(item.Media!, Needed))
            {
                item.Found(still.Width, still.Height, null);
                for (var i = 0; i < detectors.Count; i++)
                {
                    if (item.Applies(i)) Submit(item, i, detectors[i].Reserve(), still.Pixels, 0);
                }
            }
            item.Decoded(null, 1);
        }
        catch (OperationCanceledException)
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
            var info = await videos.ProbeAsync(item.Media!, ct);
            if (!info.HasPictures)
            {
                item.NothingFor("audio", info.Duration, "it holds no pictures, and no detector of the job takes audio");
                item.Decoded(null, 0);
                return;
            }
            item.Found(info.Width, info.Height, info.Duration);
            var expected = videos.Expected(info);
            var frames = 0;
            var times = await videos.DecodeAsync(item.Media!, info, async (index, frame, token) =>
            {
                frames++;
                for (var i = 0; i < detectors.Count; i++)
                {
                    if (item.Applies(i) && Takes(detectors[i], index, expected)) Submit(item, i, await detectors[i].ReserveAsync(token), frame, index);
                }
            }, ct);
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

    private void Submit(ScanPipelineItem item, int detector, BatchSlot slot, PixelBuffer pixels, int frame)
    {
        var batcher = detectors[detector];
        try
        {
            if (Gates.NeedQuality(batcher.Session.Detector.Spec.Gates)) item.Measured(detector, ImageQuality.Measure(pixels));
            batcher.Session.Preprocess.Write(pixels, slot.Bytes);
        }
        catch
        {
            batcher.Abandon(slot);
            throw;
        }
        item.Expect();
        batcher.Commit(slot, item, frame);
    }

    /// <summary>The largest of what the detectors need; null as soon as one needs all pixels.</summary>
    private (int Width, int Height)? Needed(int width, int height)
    {
        var (w, h) = (0, 0);
        foreach (var detector in detectors)
        {
            if (Gates.NeedQuality(detector.Session.Detector.Spec.Gates) || detector.Session.Preprocess.Needed(width, height) is not { } needed) return null;
            (w, h) = (Math.Max(w, needed.Width), Math.Max(h, needed.Height));
        }
        return (w, h);
    }

    /// <summary>Every frame, or as many as the detector wants, evenly.</summary>
    private static bool Takes(Batcher detector, int index, int expected)
    {
        var wanted = detector.Session.Detector.Spec.Video.Frames;
        return wanted <= 0 || wanted >= expected || (long)index * wanted / expected != (index - 1L) * wanted / expected || index == 0;
    }

    private ScanPipelineItemException Typed(Exception error, ScanPipelineItem item)
    {
        if (error is ScanPipelineItemException typed) return typed;
        logger.LogError(error, "Item {Item} failed to decode in an unforeseen way", item.Source.Id);
        return ScanPipelineItemException.Decode(ErrorClass.CorruptMedia, $"decoding failed in an unforeseen way ({error.GetType().Name})", error);
    }
}
