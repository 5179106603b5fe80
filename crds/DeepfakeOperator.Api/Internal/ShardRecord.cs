using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Internal;

/// <summary>One dealt shard: the value of a record of the shards topic, keyed by <see cref="Key"/>.</summary>
/// <param name="Index">Number of the shard in the plan, from 0.</param>
/// <param name="Topic">Source topic.</param>
/// <param name="Partition">Source partition.</param>
/// <param name="From">First offset.</param>
/// <param name="To">One past the last offset.</param>
public sealed record ShardRecord(int Index, string Topic, int Partition, long From, long To)
{
    /// <summary>Key in the shards and progress topics.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Index);

    /// <summary>Key of a shard's records.</summary>
    public static string KeyOf(int index) => "shard-" + index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
