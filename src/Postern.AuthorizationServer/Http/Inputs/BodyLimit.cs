namespace Postern.AuthorizationServer.Http.Inputs;

/// <summary>The largest body that a route reads, where its mapping says so (<see cref="BodyLimits"/>).</summary>
internal sealed record BodyLimit(int Bytes);

/// <summary>The largest body of each route: small for anonymous callers, larger where the caller is authenticated before the body is read.</summary>
public static class BodyLimits
{
    public const int Anonymous = 64 * 1024;

    /// <summary>A body that holds one of our JWTs.</summary>
    public const int WithToken = InputLimits.Token + Anonymous;

    public const int SignedIn = 4 * 1024 * 1024;

    public static int Of(HttpContext context) => Of(context.GetEndpoint());

    public static int Of(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<BodyLimit>()?.Bytes
        ?? ((endpoint?.Metadata.GetMetadata<Admitted>()?.Who ?? endpoint?.Metadata.GetMetadata<Operation>()?.Who) is null or AccessLevel.Anonymous ? Anonymous : SignedIn);

    /// <summary>As sentences say it.</summary>
    public static string Show(int bytes) => bytes >= 1024 * 1024 ? $"{bytes / (1024 * 1024)} MB" : $"{bytes / 1024} KB";

    public static TBuilder TakesTokens<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new BodyLimit(WithToken));
}
