using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// Lets one process of several through, by a <c>coordination.k8s.io</c> Lease. As in client-go, times in the lease are never compared with the local clock: a
/// lease is free when it did not change for its duration as seen from here.
/// </summary>
/// <param name="leases">Reads and writes Leases.</param>
/// <param name="key">The Lease.</param>
/// <param name="identity">Who we are; must differ from every other process.</param>
/// <param name="clock">For renewal and expiry.</param>
/// <param name="log">Says when leadership comes and goes.</param>
internal sealed class LeaderGate(ResourceClient<V1Lease> leases, ObjectKey key, string identity, TimeProvider clock, ILogger log)
{
    /// <summary>The usual values of Kubernetes' own components.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

    private V1Lease? _seen;
    private DateTimeOffset _seenAt;

    /// <summary>Waits until the lease is ours.</summary>
    public async Task AcquireAsync(CancellationToken cancellation)
    {
        for (var waiting = false; ;)
        {
            try
            {
                if (await TryTakeAsync(cancellation))
                {
                    log.LogInformation("{Identity} holds lease {Lease}", identity, key);
                    return;
                }
                if (!waiting) log.LogInformation("lease {Lease} is held by {Holder}; standing by", key, _seen?.Spec?.HolderIdentity);
                waiting = true;
            }
            catch (Exception error) when (IsTransient(error))
            {
                log.LogWarning("lease {Lease}: {Error}", key, error.Message);
            }
            await Task.Delay(RetryPeriod * (1 + Random.Shared.NextDouble() / 5), clock, cancellation);
        }
    }

    /// <summary>Keeps the lease until cancelled, then gives it back.</summary>
    /// <exception cref="LeaseLostException">It could not be renewed in time, or somebody took it.</exception>
    public async Task HoldAsync(CancellationToken cancellation)
    {
        // Time that was spent asking counts: the lease runs out for the others while an answer is awaited.
        var renewed = clock.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(RetryPeriod, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) break;
            var asked = clock.GetTimestamp();
            try
            {
                var left = RenewDeadline - clock.GetElapsedTime(renewed);
                if (left <= TimeSpan.Zero) throw new LeaseLostException($"lease {key} could not be renewed within {RenewDeadline.TotalSeconds} s");
                using var limit = new CancellationTokenSource(left, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
                var isOurs = await TryTakeAsync(either.Token);
                var holder = _seen?.Spec?.HolderIdentity;
                if (isOurs) renewed = asked;
                else if (holder != identity) throw new LeaseLostException($"lease {key} was taken by {holder}");
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (IsTransient(error))
            {
                log.LogWarning("lease {Lease} not renewed: {Error}", key, error.Message);
            }
        }
        await ReleaseAsync();
    }

    /// <summary>Takes or renews the lease; false while another holds it.</summary>
    private async Task<bool> TryTakeAsync(CancellationToken cancellation)
    {
        var lease = await leases.GetAsync(key, cancellation);
        if (lease is null)
        {
            var body = new JsonObject
            {
                ["apiVersion"] = ResourceClient<V1Lease>.ApiVersion,
                ["kind"] = ResourceClient<V1Lease>.Kind,
                ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
                ["spec"] = SpecOf(transitions: 0, newHolder: true),
            };
            return await leases.CreateAsync(key.Namespace, body, cancellation);
        }

        var now = clock.GetUtcNow();
        if (_seen?.Metadata.ResourceVersion != lease.Metadata.ResourceVersion)
        {
            _seen = lease;
            _seenAt = now;
        }
        var holder = lease.Spec?.HolderIdentity;
        var ours = holder == identity;
        var duration = TimeSpan.FromSeconds(lease.Spec?.LeaseDurationSeconds ?? Duration.TotalSeconds);
        if (!ours && !string.IsNullOrEmpty(holder) && now - _seenAt < duration) return false;

        var transitions = (lease.Spec?.LeaseTransitions ?? 0) + (ours ? 0 : 1);
        try
        {
            _seen = await PatchAsync(lease.Metadata.ResourceVersion, SpecOf(transitions, newHolder: !ours), cancellation);
            _seenAt = now;
            return true;
        }
        catch (ApiException error) when (error.IsConflict)
        {
            return false;
        }
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
        try
        {
            // Read again: what was seen last may be older than our own renewal.
            if (await leases.GetAsync(key, limit.Token) is not { } lease || lease.Spec?.HolderIdentity != identity) return;
            var spec = new JsonObject { ["holderIdentity"] = "", ["leaseDurationSeconds"] = 1, ["renewTime"] = Now() };
            await PatchAsync(lease.Metadata.ResourceVersion, spec, limit.Token);
            log.LogInformation("released lease {Lease}", key);
        }
        catch (Exception error) when (IsTransient(error))
        {
            log.LogWarning("lease {Lease} not released, it will run out: {Error}", key, error.Message);
        }
    }

    private Task<V1Lease> PatchAsync(string resourceVersion, JsonObject spec, CancellationToken cancellation) =>
        leases.PatchAsync(
            key, new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = resourceVersion }, ["spec"] = spec }, cancellation);

    private JsonObject SpecOf(int transitions, bool newHolder)
    {
        var spec = new JsonObject
        {
            ["holderIdentity"] = identity,
            ["leaseDurationSeconds"] = (int)Duration.TotalSeconds,
            ["renewTime"] = Now(),
            ["leaseTransitions"] = transitions,
        };
        if (newHolder) spec["acquireTime"] = Now();
        return spec;
    }

    private string Now() => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static bool IsTransient(Exception error) => error is ApiException or HttpRequestException or IOException or TimeoutException
        or OperationCanceledException or System.Text.Json.JsonException;
}
