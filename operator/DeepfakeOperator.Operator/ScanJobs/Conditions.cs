using DeepfakeOperator.Api.ScanJobs;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A set of conditions in the making. A condition whose status did not change keeps its transition time.</summary>
internal sealed class Conditions(IReadOnlyList<V1Condition> before, long generation, DateTimeOffset now)
{
    /// <summary>The API server's own bound.</summary>
    private const int MostMessage = 32768;

    private readonly SortedDictionary<string, V1Condition> _conditions = new(before.ToDictionary(condition => condition.Type), StringComparer.Ordinal);

    public bool Has(string type) => _conditions.GetValueOrDefault(type)?.Status == "True";

    public IReadOnlyList<V1Condition> ToList() => [.. _conditions.Values];

    public void Set(string type, bool status, string reason, string message)
    {
        var word = status ? "True" : "False";
        var old = _conditions.GetValueOrDefault(type);
        _conditions[type] = new V1Condition
        {
            Type = type,
            Status = word,
            Reason = reason,
            Message = message.Length <= MostMessage ? message : message[..MostMessage],
            ObservedGeneration = generation,
            // Kubernetes times have whole seconds; more would differ from what is read back.
            LastTransitionTime = old?.Status == word ? old.LastTransitionTime : new DateTime(now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc),
        };
    }

    /// <summary>kstatus: as it should be.</summary>
    public void Ready(string reason, string message) => SetKstatus(ready: true, reconciling: false, stalled: false, reason, message);

    /// <summary>kstatus: on the way.</summary>
    public void Reconciling(string reason, string message) => SetKstatus(ready: false, reconciling: true, stalled: false, reason, message);

    /// <summary>kstatus: somebody must mend something.</summary>
    public void Stalled(string reason, string message) => SetKstatus(ready: false, reconciling: false, stalled: true, reason, message);

    private void SetKstatus(bool ready, bool reconciling, bool stalled, string reason, string message)
    {
        Set(ConditionTypes.Ready, ready, reason, message);
        Set(ConditionTypes.Reconciling, reconciling, reconciling ? reason : Reasons.Fine, reconciling ? message : "");
        Set(ConditionTypes.Stalled, stalled, stalled ? reason : Reasons.Fine, stalled ? message : "");
    }

    public static bool IsTrue(IEnumerable<V1Condition>? conditions, string type) => Find(conditions, type)?.Status == "True";

    public static V1Condition? Find(IEnumerable<V1Condition>? conditions, string type) => conditions?.FirstOrDefault(condition => condition.Type == type);
}
