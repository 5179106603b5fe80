namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>What runs a control plane: local processes or a container.</summary>
internal abstract class Servers : IAsyncDisposable
{
    /// <summary>Address of the API server.</summary>
    public abstract string Address { get; }

    /// <summary>The authority that signed the API server's certificate, as PEM.</summary>
    public abstract string AuthorityPem { get; }

    /// <summary>A certificate that the API server takes for a user of a group: its two PEM files.</summary>
    public abstract (string CertificatePath, string KeyPath) IssueFor(string user, string group);

    /// <summary>Ends the API server as a crash would and starts it again with its data.</summary>
    public abstract Task RestartApiServerAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
