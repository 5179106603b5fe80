namespace DeepfakeOperator.Api;

/// <summary>The names under which DeepfakeOperator's resources are known to the API server and on the objects the operator makes.</summary>
public static class ApiGroup
{
    /// <summary>API group of every resource here.</summary>
    public const string Name = "deepfakeoperator.io";

    /// <summary>The one version that is served.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The <c>apiVersion</c> of every resource here.</summary>
    public const string ApiVersion = Name + "/" + Version;

    /// <summary>Held on a ScanJob until its topics and consumer group are gone.</summary>
    public const string Finalizer = Name + "/internal-topics";

    /// <summary>Label on everything made for a ScanJob: the ScanJob's name.</summary>
    public const string ScanJobLabel = Name + "/scanjob";

    /// <summary>Label on a worker Job and its pods: the slot number.</summary>
    public const string SlotLabel = Name + "/slot";

    /// <summary>Label on a conformance check Job and its pods: the name of the detector it checks.</summary>
    public const string DetectorLabel = Name + "/detector";
}
