using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>The document, from what is mapped: every route that says something of itself (<see cref="Operation"/>).</summary>
internal static class OpenApiDocuments
{
    private const string About =
        """
        Sign-in for WeChat Mini Programs by OAuth 2.1 and OpenID Connect, and the administration of users, applications and
        permissions. Most routes below /api answer in an envelope: refusals have the HTTP status 200 and the status "error".
        Answers to HEAD and OPTIONS follow from those described and are left out. maxLength counts bytes of UTF-8.
        """;

    public static OpenApiDocument Build(IEnumerable<Endpoint> endpoints, string origin)
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo { Title = "Postern", Version = "v1", Description = About.ReplaceLineEndings(" ") },
            Servers = [new OpenApiServer { Url = origin }],
            Paths = [],
        };
        var schemas = new Schemas(document);
        schemas.AddAll();
        SecuritySchemes.AddAll(document);
        var writer = new OperationWriter(document, schemas);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var described = endpoints.OfType<RouteEndpoint>().Select(e => (Path: PathOf(e), Endpoint: e, Operation: Described(e))).Where(d => d.Operation is not null);
        foreach (var path in described.GroupBy(d => d.Path).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var item = new OpenApiPathItem();
            var routes = path.SelectMany(d => MethodsOf(d.Endpoint).Select(m => (Method: m, d.Endpoint, d.Operation))).OrderBy(r => r.Method, StringComparer.Ordinal).ToList();
            foreach (var (method, endpoint, operation) in routes)
            {
                // GET /api/webhook and /api/get-webhook would have one.
                var id = IdOf(path.Key, routes.Count > 1 ? method : "");
                id = ids.Add(id) ? id : id + "Route";
                item.AddOperation(HttpMethod.Parse(method), writer.Write(endpoint, operation!, id));
            }

            document.Paths.Add(path.Key, item);
        }

        document.Tags = document.Paths.Values.SelectMany(p => p.Operations!.Values).SelectMany(o => o.Tags!).Select(t => t.Reference.Id!).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name }).ToHashSet();
        return document;
    }

    public static string PathOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!;

    /// <summary>HEAD follows from GET (RFC 9110 §9.3.2), OPTIONS is the browser's own question.</summary>
    public static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Where(m => m is not ("HEAD" or "OPTIONS")) ?? [];

    private static Operation? Described(RouteEndpoint endpoint)
    {
        var admitted = endpoint.Metadata.GetMetadata<Admitted>();
        var operation = endpoint.Metadata.GetMetadata<Operation>() ?? (admitted?.Kind is { } kind ? KindOperations.Of(PathOf(endpoint), kind) : null);
        return operation is null ? null : operation with { Who = operation.Who ?? admitted?.Who };
    }

    /// <summary>The path in camel case without <c>/api</c>; a path with several methods says which.</summary>
    private static string IdOf(string path, string method)
    {
        var words = (path.StartsWith("/api/", StringComparison.Ordinal) ? path["/api".Length..] : path)
            .Split(['/', '-', '_', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries).ToList();
        if (method.Length > 0)
        {
            words.Insert(0, method.ToLowerInvariant());
        }

        return words[0] + string.Concat(words.Skip(1).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }
}
