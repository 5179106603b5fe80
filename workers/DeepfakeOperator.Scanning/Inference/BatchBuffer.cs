using System.Runtime.InteropServices;
using DeepfakeOperator.Api.ScanJobs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// Memory for one batch, bound to the session once for each size it may run at, so that a run allocates nothing. Pictures are written straight into
/// their slots.
/// </summary>
internal sealed unsafe class BatchBuffer : IDisposable
{
    /// <summary>What the widest vector instructions like.</summary>
    private const int Alignment = 64;

    private readonly ModelSession _session;
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly byte*[] _inputs;
    private readonly float*[] _outputs;
    private readonly (int Size, OrtIoBinding Binding, OrtValue[] Inputs)[] _buckets;
    private readonly bool _onDevice;
    private readonly List<OrtValue> _values = [];

    internal BatchBuffer(ModelSession session, IReadOnlyList<int> sizes)
    {
        (_session, Capacity) = (session, sizes[^1]);
        Units = new BatchUnit[Capacity];
        _inputs = new byte*[session.Inputs.Count];
        for (var i = 0; i < _inputs.Length; i++) _inputs[i] = Allocate((nuint)Capacity * (nuint)session.Inputs[i].UnitBytes);
        _outputs = new float*[session.Outputs.Count];
        for (var i = 0; i < _outputs.Length; i++) _outputs[i] = (float*)Allocate((nuint)Capacity * (nuint)session.Outputs[i].Width * sizeof(float));
        _onDevice = session.Provider != ExecutionProvider.CPU;
        _buckets = [.. sizes.Select(Bind)];
    }

    internal int Capacity { get; }

    /// <summary>Whose the slots are; what does not belong to anyone is default.</summary>
    internal BatchUnit[] Units { get; }

    /// <summary>Slots handed out.</summary>
    internal int Reserved { get; set; }

    /// <summary>Slots handed out that are still being written.</summary>
    internal int Pending { get; set; }

    /// <summary>No slot is handed out any more.</summary>
    internal bool Sealed { get; set; }

    /// <summary>When the first slot was handed out, a time stamp of the batcher's clock.</summary>
    internal long Started { get; set; }

    /// <summary>One unit's part of one input.</summary>
    internal Span<byte> Slot(int index, int input)
    {
        var bytes = _session.Inputs[input].UnitBytes;
        return new Span<byte>(_inputs[input] + ((long)index * bytes), bytes);
    }

    /// <summary>Copies what was written for one unit to another slot.</summary>
    internal void Move(int from, int to)
    {
        for (var input = 0; input < _inputs.Length; input++) Slot(from, input).CopyTo(Slot(to, input));
    }

    /// <summary>Runs the first <paramref name="count"/> slots; the rest of the next larger bucket is whatever lies there. Returns the bucket's size.</summary>
    internal int Run(int count)
    {
        var index = 0;
        while (_buckets[index].Size < count) index++;
        var (size, binding, inputs) = _buckets[index];
        // Host memory is copied to the device when it is bound, not when the model runs.
        if (_onDevice)
        {
            for (var i = 0; i < inputs.Length; i++) binding.BindInput(_session.Inputs[i].Name, inputs[i]);
        }
        _session.Session.RunWithBinding(_options, binding);
        if (_onDevice) binding.SynchronizeBoundOutputs();
        return size;
    }

    /// <summary>Copies one unit's values of all outputs, one output after the other.</summary>
    internal void Read(int index, Span<float> values)
    {
        for (var output = 0; output < _outputs.Length; output++)
        {
            var width = _session.Outputs[output].Width;
            new ReadOnlySpan<float>(_outputs[output] + ((long)index * width), width).CopyTo(values);
            values = values[width..];
        }
    }

    internal void Reset()
    {
        Array.Clear(Units);
        (Reserved, Pending, Sealed, Started) = (0, 0, false, 0);
    }

    public void Dispose()
    {
        foreach (var (_, binding, _) in _buckets) binding.Dispose();
        foreach (var value in _values) value.Dispose();
        _options.Dispose();
        foreach (var input in _inputs) NativeMemory.AlignedFree(input);
        foreach (var output in _outputs) NativeMemory.AlignedFree(output);
    }

    private (int Size, OrtIoBinding Binding, OrtValue[] Inputs) Bind(int size)
    {
        var binding = _session.Session.CreateIoBinding();
        var inputs = new OrtValue[_inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var tensor = _session.Inputs[i];
            inputs[i] = Value(tensor.Type, [size, .. tensor.UnitShape], _inputs[i], (long)size * tensor.UnitBytes);
            binding.BindInput(tensor.Name, inputs[i]);
        }
        var outputs = _session.Outputs;
        for (var i = 0; i < _outputs.Length; i++)
        {
            var bytes = (long)size * outputs[i].Width * sizeof(float);
            binding.BindOutput(outputs[i].Name, Value(TensorElementType.Float, [size, .. outputs[i].UnitShape], (byte*)_outputs[i], bytes));
        }
        return (size, binding, inputs);
    }

    private OrtValue Value(TensorElementType type, long[] shape, byte* memory, long bytes)
    {
        var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, (nint)memory, bytes);
        _values.Add(value);
        return value;
    }

    private static byte* Allocate(nuint bytes)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }
}
