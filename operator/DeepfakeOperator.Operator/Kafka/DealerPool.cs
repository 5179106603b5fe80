using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>
/// Open dealers, so many and no more: each is a client with threads and connections of its own, and a thousand jobs may be dealing. Who has not dealt for the longest
/// time makes room.
/// </summary>
internal sealed class DealerPool(int most, BlockingCalls calls) : IAsyncDisposable
{
    private readonly SemaphoreSlim _room = new(most);
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Id, DealerProducer Producer)> _idle = new();

    /// <summary>Uses the job's dealer, opening it where needed; one that failed is not used again.</summary>
    /// <param name="connection">The job's cluster.</param>
    /// <param name="topics">The job.</param>
    /// <param name="use">Is told whether it was opened anew; then what the job's earlier dealers left must be read before anything is written.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task UseAsync(KafkaConnection connection, InternalTopics topics, Func<DealerProducer, bool, Task> use, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        try
        {
            var id = topics.Base;
            var producer = TakeIdle(id);
            var fresh = producer is null;
            producer ??= await DealerProducer.OpenAsync(connection, calls, topics, cancellation);
            try
            {
                await use(producer, fresh);
            }
            catch
            {
                await CloseAsync(producer);
                throw;
            }
            await KeepAsync(id, producer);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The job needs no dealer any more.</summary>
    public async Task CloseAsync(InternalTopics topics)
    {
        if (TakeIdle(topics.Base) is { } producer) await CloseAsync(producer);
    }

    public async ValueTask DisposeAsync()
    {
        while (TakeOldest() is { } producer) await CloseAsync(producer);
        _room.Dispose();
    }

    private DealerProducer? TakeIdle(string id)
    {
        lock (_gate)
        {
            for (var node = _idle.First; node is not null; node = node.Next)
            {
                if (node.Value.Id != id) continue;
                _idle.Remove(node);
                return node.Value.Producer;
            }
            return null;
        }
    }

    private async Task KeepAsync(string id, DealerProducer producer)
    {
        DealerProducer? evicted = null;
        lock (_gate)
        {
            _idle.AddLast((id, producer));
            if (_idle.Count > most)
            {
                evicted = _idle.First!.Value.Producer;
                _idle.RemoveFirst();
            }
        }
        if (evicted is not null) await CloseAsync(evicted);
    }

    private DealerProducer? TakeOldest()
    {
        lock (_gate)
        {
            if (_idle.First is not { } node) return null;
            _idle.RemoveFirst();
            return node.Value.Producer;
        }
    }

    private Task CloseAsync(DealerProducer producer) => calls.RunAsync(producer.Dispose, CancellationToken.None);
}
