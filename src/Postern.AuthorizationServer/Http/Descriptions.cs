namespace Postern.AuthorizationServer.Http;

public static class Descriptions
{
    /// <summary>Puts a route into the document at <c>/openapi/v1.json</c>. Pages and their pictures stand in none.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder route, Operation operation)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(operation);
}
