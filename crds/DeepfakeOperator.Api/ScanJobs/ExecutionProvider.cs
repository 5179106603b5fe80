using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>An ONNX Runtime execution provider.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExecutionProvider>))]
public enum ExecutionProvider
{
    /// <summary>NVIDIA TensorRT.</summary>
    TensorRT,

    /// <summary>NVIDIA CUDA.</summary>
    CUDA,

    /// <summary>The processor.</summary>
    CPU,
}
