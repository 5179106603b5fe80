using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Names an object of one kind. Cluster-scoped objects have the empty namespace.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(IKubernetesObject<V1ObjectMeta> resource) => new(resource.Metadata.NamespaceProperty ?? "", resource.Metadata.Name);

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
