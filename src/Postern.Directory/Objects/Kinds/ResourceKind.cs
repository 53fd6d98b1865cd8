namespace Postern.Directory.Objects.Kinds;

/// <summary>Resource: a file that was uploaded.</summary>
public static class ResourceKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("resource", "resources", "Resource",
            """
            owner N, name N, createdTime S, user S, provider S, application S, tag S, parent S, fileName S, fileType S, fileFormat S,
            fileSize I(0..1000000000000), url U, description T
            """) with
    {
        NamesHoldSlashes = true,
    };
}
