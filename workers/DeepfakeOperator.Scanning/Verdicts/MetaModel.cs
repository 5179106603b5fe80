using System.Globalization;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>
/// The model of a stacking ensemble: the scores of all detectors in, P(fake) out. So small that it runs on the processor, one item at a time.
/// </summary>
internal sealed class MetaModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly string _output;

    private MetaModel(InferenceSession session) =>
        (_session, _input, _output) = (session, session.InputNames[0], session.OutputNames[^1]);

    /// <summary>Reads the model and checks it, on an item that no detector applies to.</summary>
    /// <exception cref="PodFatalException">It cannot be run.</exception>
    internal static async Task<MetaModel> LoadAsync(EnsembleSpec spec, int detectors, ModelStore store, ILogger logger, CancellationToken ct)
    {
        try
        {
            var file = spec.Model ?? throw new DetectorException("DescriptorInvalid", "model: method Stacking needs one");
            var bytes = await store.ReadAsync("model", file.Uri, file.Sha256, ct);
            var model = new MetaModel(SessionFactory.Open(bytes, "ensemble", [ExecutionProvider.CPU], logger).Session);
            try
            {
                model.Check(detectors);
                model.Score([.. Enumerable.Repeat((float)(spec.MissingScore ?? 0), detectors)]);
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
        catch (DetectorException error)
        {
            throw new PodFatalException($"spec.ensemble ({error.Reason}): {error.Message}", error);
        }
        catch (ScanPipelineItemException error)
        {
            throw new PodFatalException($"spec.ensemble (ModelMismatch): {error.Message}", error);
        }
    }

    public void Dispose() => _session.Dispose();

    /// <summary>P(fake).</summary>
    /// <exception cref="ScanPipelineItemException">It fails, or gives no probability.</exception>
    internal double Score(float[] scores)
    {
        using var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var input = OrtValue.CreateTensorValueFromMemory(scores, [1, scores.Length]);
        float score;
        try
        {
            using var results = _session.Run(options, [_input], [input], [_output]);
            var values = results[0].GetTensorDataAsSpan<float>();
            score = values.Length > 0 ? values[^1] : float.NaN;
        }
        catch (OnnxRuntimeException error)
        {
            throw ScanPipelineItemException.Infer($"ensemble.model fails: {error.Message}", error);
        }
        return score is >= 0 and <= 1
            ? score
            : throw ScanPipelineItemException.Infer(string.Create(CultureInfo.InvariantCulture,
                $"ensemble.model: the last value of output '{_output}' is {score}, no probability; export it with a sigmoid or softmax at its end"));
    }

    private void Check(int detectors)
    {
        var (inputs, output) = (_session.InputMetadata, _session.OutputMetadata[_output]);
        var input = inputs[_input];
        var fits = inputs.Count == 1 && input.IsTensor && input.ElementDataType == TensorElementType.Float
            && input.Dimensions is [var batch, var width] && batch is <= 1 && (width <= 0 || width == detectors);
        if (!fits)
        {
            var takes = inputs.Select(each => $"'{each.Key}' {each.Value.ElementDataType} [{string.Join(", ", each.Value.Dimensions ?? [])}]");
            throw new DetectorException("ModelMismatch",
                $"model: it takes {string.Join(", ", takes)}; one input of Float [-1, {detectors}], a score for each of spec.detectors, is fed");
        }
        if (!output.IsTensor || output.ElementDataType != TensorElementType.Float)
            throw new DetectorException("ModelMismatch", $"model: its last output '{_output}' is no tensor of Float; with skl2onnx, say zipmap False");
    }
}
