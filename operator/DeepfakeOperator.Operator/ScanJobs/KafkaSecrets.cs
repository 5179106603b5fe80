using System.Collections.Concurrent;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Reads the secrets that ScanJobs name. Not watched, so that the operator needs no right to list secrets; remembered for a minute, so that a thousand jobs do not ask
/// for one each second.
/// </summary>
internal sealed class KafkaSecrets(ResourceClient<V1Secret> secrets, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ObjectKey, (KafkaClientSettings Settings, KafkaSourceSpec Source, DateTimeOffset At)> _remembered = new();

    /// <param name="job">The job.</param>
    /// <param name="fresh">True: look again, as what is remembered did not work.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="BlockedException">The secret is missing or wrong.</exception>
    public async Task<KafkaClientSettings> SettingsOfAsync(ScanJob job, bool fresh, CancellationToken cancellation)
    {
        var source = job.Spec.Source.Kafka;
        var key = ObjectKey.Of(job);
        var now = clock.GetUtcNow();
        if (!fresh && _remembered.TryGetValue(key, out var known) && ReferenceEquals(known.Source, source) && now - known.At < Memory) return known.Settings;
        var secret = source.AuthSecretRef is { } reference ? await ReadAsync(job, reference.Name, cancellation) : null;
        KafkaClientSettings settings;
        try
        {
            settings = KafkaClientSettings.Of(source, secret);
        }
        catch (FormatException error)
        {
            throw new BlockedException(Reasons.SecretInvalid, error.Message);
        }
        _remembered[key] = (settings, source, now);
        return settings;
    }

    public void Forget(ObjectKey key) => _remembered.TryRemove(key, out _);

    private async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(ScanJob job, string name, CancellationToken cancellation)
    {
        var secret = await secrets.GetAsync(new ObjectKey(job.Metadata.NamespaceProperty, name), cancellation) ?? throw new BlockedException(
            Reasons.SecretNotFound, $"there is no secret '{name}' (spec.source.kafka.authSecretRef) in namespace '{job.Metadata.NamespaceProperty}'. Create it");
        return new Dictionary<string, byte[]>(secret.Data ?? new Dictionary<string, byte[]>());
    }
}
