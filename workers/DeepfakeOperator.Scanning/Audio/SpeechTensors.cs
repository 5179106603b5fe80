using DeepfakeOperator.Api.Detectors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>The inputs of a voice-activity model while it goes through one recording: the window, its state, and what never changes.</summary>
internal sealed class SpeechTensors : IDisposable
{
    private readonly IReadOnlyList<InputSpec> _inputs;
    private IDisposableReadOnlyCollection<OrtValue>? _previous;

    internal SpeechTensors(DetectorSpec spec, float[] window)
    {
        _inputs = spec.Inputs;
        Values = [.. _inputs.Select(input => Initial(input, window))];
    }

    internal OrtValue[] Values { get; }

    /// <summary>What the model said of one window becomes its state for the next; the results stay alive until then.</summary>
    internal void HandOn(IDisposableReadOnlyCollection<OrtValue> results)
    {
        // After the score the results hold the states, in the order of the inputs that take them.
        var next = 1;
        for (var i = 0; i < _inputs.Count; i++)
        {
            if (_inputs[i].State is null) continue;
            if (_previous is null) Values[i].Dispose();
            Values[i] = results[next++];
        }
        _previous?.Dispose();
        _previous = results;
    }

    public void Dispose()
    {
        for (var i = 0; i < _inputs.Count; i++)
        {
            if (_inputs[i].State is null || _previous is null) Values[i].Dispose();
        }
        _previous?.Dispose();
    }

    private static OrtValue Initial(InputSpec input, float[] window)
    {
        // A recording runs alone: the batch axis, -1, is 1.
        long[] shape = [.. input.Shape.Select(extent => (long)Math.Abs(extent))];
        if (input.Value is { } value)
        {
            return input.Type == TensorType.Int64
                ? OrtValue.CreateTensorValueFromMemory([(long)value], shape)
                : OrtValue.CreateTensorValueFromMemory([(float)value], shape);
        }
        if (input.State is null)
            return OrtValue.CreateTensorValueFromMemory(window, input.Layout == TensorLayout.N1T ? [1, 1, window.Length] : [1, window.Length]);
        var zeros = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, shape);
        zeros.GetTensorMutableRawData().Clear();
        return zeros;
    }
}
