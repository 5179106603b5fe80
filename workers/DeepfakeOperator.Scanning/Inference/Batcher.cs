using DeepfakeOperator.Api.ScanJobs;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>
/// Gathers units of any item into batches of one model and runs them, each lane on a thread of its own. Writers get a slot of a batch that is filling
/// and write into it; when no batch has room they wait, which is the backpressure on decoding.
/// </summary>
internal sealed class Batcher : IDisposable
{
    private const int LargestOnCpu = 8;

    private readonly object _lock = new();
    private readonly Stack<BatchBuffer> _free = new();
    private readonly Queue<BatchBuffer> _ready = new();
    private readonly List<BatchBuffer> _buffers = [];
    private readonly List<Thread> _lanes = [];
    private readonly int _detector;
    private readonly TimeSpan _maxDelay;
    private readonly Func<bool> _moreIsComing;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _values;
    private BatchBuffer? _filling;
    private TaskCompletionSource _room = NewSignal();
    private bool _stopping;

    /// <param name="session">The model; the batcher disposes it.</param>
    /// <param name="detector">Its index, handed back to receivers.</param>
    /// <param name="batch">Size and delay that the ScanJob asks for.</param>
    /// <param name="lanes">Batches that run at the same time.</param>
    /// <param name="moreIsComing">False when no unit can arrive before some item is fetched: then an idle lane does not wait for company.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures of whole batches go.</param>
    internal Batcher(ModelSession session, int detector, BatchSpec batch, int lanes, Func<bool> moreIsComing, TimeProvider time, ILogger logger)
    {
        (Session, _detector, _maxDelay, _moreIsComing, _time, _logger) = (session, detector, batch.MaxDelay, moreIsComing, time, logger);
        _values = session.Values;
        var sizes = Sizes(Math.Clamp(batch.MaxSize, 1, session.Detector.Spec.MaxBatch), session.Provider);
        // One more than run at a time, so that one fills meanwhile.
        for (var i = 0; i <= lanes; i++) _buffers.Add(new BatchBuffer(session, sizes));
        foreach (var buffer in _buffers) _free.Push(buffer);
        for (var i = 0; i < lanes; i++)
        {
            var thread = new Thread(Lane) { IsBackground = true, Name = $"infer {session.Detector.Name} {i}" };
            _lanes.Add(thread);
            thread.Start();
        }
    }

    internal ModelSession Session { get; }

    /// <summary>
    /// Sizes a batch may run at. On the CPU every size up to 8: a padded slot costs as much as a real one, and larger batches outgrow the cache (a
    /// 60k-parameter network at 256×256: 1.6 ms a picture in batches of 1 to 8, 2.0 ms in batches of 16 and 32). On a device powers of two and the
    /// largest: each further shape would hold its own memory and plan.
    /// </summary>
    internal static IReadOnlyList<int> Sizes(int largest, ExecutionProvider provider)
    {
        if (provider == ExecutionProvider.CPU) return [.. Enumerable.Range(1, Math.Min(largest, LargestOnCpu))];
        var sizes = new List<int>();
        for (var size = 1; size < largest; size *= 2) sizes.Add(size);
        return [.. sizes, largest];
    }

    /// <summary>Hands out a slot, when there is one.</summary>
    internal async ValueTask<BatchSlot> ReserveAsync(CancellationToken ct)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (TryReserve() is { } slot) return slot;
                room = _room.Task;
            }
            await room.WaitAsync(ct);
        }
    }

    /// <summary>The slot is written; the receiver will hear of it.</summary>
    internal void Commit(BatchSlot slot, IUnitReceiver receiver, Unit unit) => Complete(slot, new BatchUnit(receiver, _detector, unit));

    /// <summary>The slot could not be written; it runs along unheeded.</summary>
    internal void Abandon(BatchSlot slot) => Complete(slot, default);

    /// <summary>What decides about waiting has changed.</summary>
    internal void Nudge()
    {
        lock (_lock) Monitor.PulseAll(_lock);
    }

    /// <summary>Ends the lanes after the batch they run, and all waiting for slots. Call it before the writers are stopped, Dispose after.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            _room.TrySetCanceled();
            Monitor.PulseAll(_lock);
        }
    }

    public void Dispose()
    {
        Stop();
        foreach (var lane in _lanes) lane.Join();
        foreach (var buffer in _buffers) buffer.Dispose();
        Session.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BatchSlot? TryReserve()
    {
        if (_stopping) throw new OperationCanceledException("the batcher is stopping");
        if (_filling is null)
        {
            if (!_free.TryPop(out _filling)) return null;
            _filling.Started = _time.GetTimestamp();
        }
        var buffer = _filling;
        var slot = new BatchSlot(buffer, buffer.Reserved++);
        buffer.Pending++;
        if (buffer.Reserved == buffer.Capacity) Seal(buffer);
        return slot;
    }

    private void Seal(BatchBuffer buffer)
    {
        buffer.Sealed = true;
        _filling = null;
    }

    private void Complete(BatchSlot slot, BatchUnit unit)
    {
        lock (_lock)
        {
            slot.Buffer.Units[slot.Index] = unit;
            slot.Buffer.Pending--;
            if (slot.Buffer is { Sealed: true, Pending: 0 }) _ready.Enqueue(slot.Buffer);
            Monitor.PulseAll(_lock);
        }
    }

    private void Lane()
    {
        var values = new float[_values];
        while (Next() is { } buffer)
        {
            RunBatch(buffer, values);
            lock (_lock)
            {
                buffer.Reset();
                _free.Push(buffer);
                var room = _room;
                _room = NewSignal();
                room.TrySetResult();
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>The next batch to run, or null at the end.</summary>
    private BatchBuffer? Next()
    {
        lock (_lock)
        {
            while (!_stopping)
            {
                if (_ready.TryDequeue(out var ready)) return ready;
                var wait = Timeout.InfiniteTimeSpan;
                if (_filling is { } filling && filling.Reserved > filling.Pending)
                {
                    wait = _maxDelay - _time.GetElapsedTime(filling.Started);
                    if (wait <= TimeSpan.Zero || !_moreIsComing())
                    {
                        Seal(filling);
                        if (filling.Pending == 0) return filling;
                        continue;
                    }
                }
                Monitor.Wait(_lock, wait);
            }
            return null;
        }
    }

    private void RunBatch(BatchBuffer buffer, float[] values)
    {
        var count = buffer.Reserved;
        var start = _time.GetTimestamp();
        ScanPipelineMetrics.Stage("batch", _time.GetElapsedTime(buffer.Started, start));
        try
        {
            var size = buffer.Run(count);
            ScanPipelineMetrics.Batch(count, size, _time.GetElapsedTime(start));
        }
        catch (OnnxRuntimeException error)
        {
            _logger.LogWarning("A batch of {Count} failed on detector {Detector} and is run one by one: {Error}", count, Session.Detector.Name, error.Message);
            RunOneByOne(buffer, count, values);
            return;
        }
        for (var i = 0; i < count; i++) Deliver(buffer, i, buffer.Units[i], values);
    }

    /// <summary>One bad unit must not fail its neighbours.</summary>
    private void RunOneByOne(BatchBuffer buffer, int count, float[] values)
    {
        for (var i = 0; i < count; i++)
        {
            if (i > 0) buffer.Move(i, 0);
            try
            {
                buffer.Run(1);
                Deliver(buffer, 0, buffer.Units[i], values);
            }
            catch (OnnxRuntimeException error)
            {
                buffer.Units[i].Receiver?.Fail(ScanPipelineItemException.Infer($"detector {Session.Detector.Name} failed: {error.Message}", error));
            }
        }
    }

    private static void Deliver(BatchBuffer buffer, int index, BatchUnit unit, float[] values)
    {
        if (unit.Receiver is null) return;
        buffer.Read(index, values);
        unit.Receiver.Receive(unit.Detector, unit.Unit, values);
    }
}
