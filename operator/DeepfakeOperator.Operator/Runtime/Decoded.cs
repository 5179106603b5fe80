using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// An object as it was read. One object with a spec that cannot be read must not hide all others of its kind: it is kept without its spec, and with the reason.
/// </summary>
internal sealed record Decoded<T>(T Object, string? Error)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <exception cref="JsonException">Not even the metadata can be read.</exception>
    public static Decoded<T> From(JsonObject json)
    {
        try
        {
            return new Decoded<T>(ResourceClient<T>.Decode(json), null);
        }
        catch (Exception error) when (IsUnreadable(error) && json.Remove("spec"))
        {
            return new Decoded<T>(ResourceClient<T>.Decode(json), error.Message);
        }
    }

    public static bool IsUnreadable(Exception error) => error is JsonException or FormatException or InvalidOperationException or ArgumentException;
}
