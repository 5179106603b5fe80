using DeepfakeOperator.Api.Internal;
namespace DeepfakeOperator.Operator.Kafka;

/// <summary>The connections in use: one for each distinct way to reach a cluster, however many jobs there are, closed when the last of them lets go.</summary>
internal sealed class KafkaConnections(TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (KafkaConnection Connection, int Users)> _open = [];

    public int Count
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    /// <summary>Gives a connection, which is not yet known to work; give it back with <see cref="ReleaseAsync"/>.</summary>
    /// <exception cref="ScanJobs.BlockedException">A setting is wrong.</exception>
    public KafkaConnection Acquire(KafkaClientSettings settings)
    {
        lock (_gate)
        {
            var (connection, users) = _open.GetValueOrDefault(settings.Fingerprint);
            connection ??= new KafkaConnection(settings, clock, log);
            _open[settings.Fingerprint] = (connection, users + 1);
            return connection;
        }
    }

    public async Task ReleaseAsync(KafkaConnection connection)
    {
        lock (_gate)
        {
            // Gone already when the operator is shutting down.
            if (!_open.TryGetValue(connection.Settings.Fingerprint, out var entry)) return;
            var users = entry.Users;
            if (users > 1)
            {
                _open[connection.Settings.Fingerprint] = (connection, users - 1);
                return;
            }
            _open.Remove(connection.Settings.Fingerprint);
        }
        await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        List<KafkaConnection> rest;
        lock (_gate)
        {
            rest = [.. _open.Values.Select(entry => entry.Connection)];
            _open.Clear();
        }
        await Task.WhenAll(rest.Select(connection => connection.DisposeAsync().AsTask()));
    }
}
