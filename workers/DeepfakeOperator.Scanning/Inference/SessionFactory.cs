using DeepfakeOperator.Api.ScanJobs;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// Opens a model on the first provider that really takes it. GPU providers are opened with the CPU fallback switched off, so that a session that
/// opens is proof that every node runs on the device: a GPU job that silently runs on the CPU is a defect.
/// </summary>
internal static class SessionFactory
{
    /// <summary>The session and the provider it runs on.</summary>
    /// <exception cref="PodFatalException">No listed provider works here.</exception>
    /// <exception cref="DetectorException">The model is not one that ONNX Runtime can load.</exception>
    internal static (InferenceSession Session, ExecutionProvider Provider) Open(
        byte[] model, string detector, IReadOnlyList<ExecutionProvider> providers, ILogger logger)
    {
        var refusals = new List<string>();
        foreach (var provider in providers)
        {
            try
            {
                using var options = Options(provider);
                var session = new InferenceSession(model, options);
                logger.LogInformation("Detector {Detector} runs on {Provider}", detector, provider);
                return (session, provider);
            }
            catch (OnnxRuntimeException error) when (provider == ExecutionProvider.CPU)
            {
                // The processor takes every operator there is, so the model is at fault.
                throw new DetectorException("ModelInvalid", $"model: ONNX Runtime cannot load it: {error.Message}", error);
            }
            catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
            {
                var why = error is OnnxRuntimeException ? error.Message : "this worker's ONNX Runtime was built without it";
                refusals.Add($"{provider}: {why}");
                logger.LogWarning("Detector {Detector} does not run on {Provider}: {Reason}", detector, provider, why);
            }
        }
        throw new PodFatalException(
            $"no provider of spec.workers.accelerator.providers works in this worker ({string.Join("; ", refusals)}). "
            + "Use the GPU image of the worker on a node with the device, or add CPU to the list.");
    }

    private static SessionOptions Options(ExecutionProvider provider)
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // What goes wrong comes back as an exception; ONNX Runtime would print it a second time, past our log.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            InterOpNumThreads = 1,
            // Each lane runs its batch on its own thread: beside decoding, one thread a batch and several batches at once keep all cores busy
            // without the barriers between operators that several threads a batch have.
            IntraOpNumThreads = 1,
        };
        try
        {
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            if (provider == ExecutionProvider.CPU) return options;
            options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
            if (provider == ExecutionProvider.TensorRT)
            {
                using var tensorRt = new OrtTensorRTProviderOptions();
                options.AppendExecutionProvider_Tensorrt(tensorRt);
            }
            using var cuda = new OrtCUDAProviderOptions();
            options.AppendExecutionProvider_CUDA(cuda);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }
}
