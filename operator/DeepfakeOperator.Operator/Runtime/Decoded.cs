using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// An object as it was read. One object with a spec that cannot be read must not hide all others of its kind, nor its own deletion: it is kept
/// without its spec, and with the reason.
/// </summary>
internal sealed record Decoded<T>(T Object, string? Error)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <exception cref="JsonException">Not even the metadata can be read.</exception>
    public static Decoded<T> From(JsonObject json)
    {
        string? unreadable = null;
        // Without its spec an object can only be told what is wrong with it; a status is made anew from what is found.
        foreach (var left in (string[][])[[], ["spec"], ["status"], ["spec", "status"]])
        {
            var rest = left.Length == 0 ? json : json.DeepClone().AsObject();
            foreach (var part in left) rest.Remove(part);
            try
            {
                return new Decoded<T>(ResourceClient<T>.Decode(rest), left.Contains("spec") ? unreadable : null);
            }
            catch (Exception error) when (IsUnreadable(error))
            {
                unreadable ??= error.Message;
            }
        }
        throw new JsonException(unreadable);
    }

    public static bool IsUnreadable(Exception error) => error is JsonException or FormatException or InvalidOperationException or ArgumentException;
}
