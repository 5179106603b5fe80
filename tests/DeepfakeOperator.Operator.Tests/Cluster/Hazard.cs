using System.Diagnostics;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>
/// Kills an operator process at its writes: at each kind of write once before it is let through and once after it took effect but before the answer
/// is, and from
/// then on now and then at random. Every write of the operator passes here, so a test meets every state that a death can leave behind.
/// </summary>
/// <param name="seed">Of the random deaths.</param>
/// <param name="atRandom">How many of those.</param>
internal sealed class Hazard(int seed, int atRandom)
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string Write, bool After)> _met = [];
    private readonly List<string> _deaths = [];
    private readonly List<TimeSpan> _ages = [];
    private readonly Stopwatch _life = new();
    private readonly Random _random = new(seed);
    private int _victim;
    private int _left = atRandom;

    /// <summary>How each one died.</summary>
    public IReadOnlyList<string> Deaths
    {
        get
        {
            lock (_gate) return [.. _deaths];
        }
    }

    /// <summary>How old each one grew.</summary>
    public IReadOnlyList<TimeSpan> Ages => _ages;

    /// <summary>Who dies next; 0: nobody.</summary>
    public void Aim(int processId)
    {
        lock (_gate)
        {
            _victim = processId;
            _life.Restart();
        }
    }

    /// <summary>The operator wants to write; false: it is dead, and the write must not happen.</summary>
    public bool Before(string write) => Survives(write, after: false);

    /// <summary>The write has happened; false: the operator died before it heard of it.</summary>
    public bool After(string write) => Survives(write, after: true);

    private bool Survives(string write, bool after)
    {
        lock (_gate)
        {
            if (_victim == 0) return true;
            // The dead one's last requests may still arrive.
            if (_victim < 0) return false;
            var isNew = _met.Add((write, after));
            if (!isNew && (_left == 0 || _random.Next(12) > 0)) return true;
            if (!isNew) _left--;
            Signals.Send(_victim, Signals.Kill);
            _victim = -1;
            _deaths.Add($"{(after ? "after" : "before")} {write}");
            _ages.Add(_life.Elapsed);
            return false;
        }
    }
}
