using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.Casbin;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Enforcement;

/// <summary><c>enforce</c>, <c>batch-enforce</c>, and what a user has by permissions.</summary>
public static class EnforceEndpoints
{
    private const int MostRequests = 1000;
    private static readonly Parameter OfUser = new("userId", "the user, as organization/name; else the caller");

    private static readonly Parameter[] SourceParameters =
    [
        new("permissionId", "one permission; exactly one of these is sent"), new("modelId", "all permissions of a model"), new("resourceId", "all permissions that name a resource"),
        new("enforcerId", "an enforcer"), new("owner", "all permissions of an organization"),
    ];

    public static void MapEnforcement(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/enforce", AccountEndpoints.Identified((context, caller) => EnforceAsync(context, caller, isBatch: false)))
            .Describe(new("Permission", "Judges one request by a permission, or by an enforcer")
            {
                Detail = "The body is the request's values, as the model orders them. data has one verdict per enforcer that was asked, data2 their names.",
                Who = AccessLevel.Administrator,
                Query = SourceParameters,
                Body = "A",
                Answers = [Reply.Data("B[]", "S[]")],
            });
        routes.MapPost("/api/batch-enforce", AccountEndpoints.Identified((context, caller) => EnforceAsync(context, caller, isBatch: true)))
            .Describe(new("Permission", "Judges up to 1000 requests by a permission, or by an enforcer")
            {
                Detail = "data has one list of verdicts per enforcer that was asked, data2 their names.",
                Who = AccessLevel.Administrator,
                Query = SourceParameters,
                Body = "A[]",
                Answers = [Reply.Data("B[][]", "S[]")],
            });
        routes.MapGet("/api/get-all-objects", AccountEndpoints.Identified((context, caller) => HeldAsync(context, caller, h => h.Permissions.SelectMany(p => Texts(p, "resources")))))
            .Describe(new("Permission", "The resources that a user's permissions name") { Who = AccessLevel.Self, Query = [OfUser], Answers = [Reply.Data("S[]")] });
        routes.MapGet("/api/get-all-actions", AccountEndpoints.Identified((context, caller) => HeldAsync(context, caller, h => h.Permissions.SelectMany(p => Texts(p, "actions")))))
            .Describe(new("Permission", "The actions that a user's permissions name") { Who = AccessLevel.Self, Query = [OfUser], Answers = [Reply.Data("S[]")] });
        routes.MapGet("/api/get-all-roles", AccountEndpoints.Identified((context, caller) => HeldAsync(context, caller, h => h.Roles.Select(r => $"{r["owner"]}/{r["name"]}"))))
            .Describe(new("Permission", "The roles that a user has, as owner/name") { Who = AccessLevel.Self, Query = [OfUser], Answers = [Reply.Data("S[]")] });
        PolicyEndpoints.Map(routes);
    }

    /// <summary>Every enforcer that the query names judges; <c>data2</c> names them.</summary>
    private static async Task<IResult> EnforceAsync(HttpContext context, Caller caller, bool isBatch)
    {
        var source = EnforcerSource.Of(context.Request.Query);
        if (source.Value is not { } named)
        {
            return caller.IsAdmin ? Envelope.Error(ErrorCode.InvalidRequest, source.Refusal) : Envelope.Denied();
        }

        if (!Authorization.Allows(AccessLevel.Administrator, caller, named.Owner))
        {
            return Envelope.Denied();
        }

        var body = await RequestBody.ReadArrayAsync(context);
        if (body.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var requests = isBatch ? sent.Select(r => r as JsonArray).ToList() : [sent];
        if (requests.Count > MostRequests || requests.Any(r => r is null))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"the body must be a list of at most {MostRequests} requests, each a list of values",
                $"请求体必须是最多 {MostRequests} 个请求的列表，每个请求是值的列表"));
        }

        var enforcers = context.RequestServices.GetRequiredService<Enforcers>();
        var verdicts = new JsonArray();
        var names = new JsonArray();
        var database = context.RequestServices.GetRequiredService<Database>();
        var (found, refusal) = await database.ReadAsync(connection => enforcers.FindAsync(connection, named, requests!, caller), context.RequestAborted);
        if (refusal is not null)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, refusal);
        }

        if (RefuseCost(found, requests.Count) is { } tooMuch)
        {
            return Envelope.Error(ErrorCode.LimitReached, tooMuch);
        }

        var allowance = new Allowance(context.RequestAborted);
        foreach (var enforcer in found)
        {
            var judged = new JsonArray();
            foreach (var request in requests)
            {
                var verdict = enforcer.Judge(request!, allowance);
                if (verdict.Refusal is not null)
                {
                    return Envelope.Error(ErrorCode.InvalidRequest, verdict.Refusal);
                }

                judged.Add((JsonNode)verdict.IsAllowed);
            }

            names.Add((JsonNode)enforcer.Name);
            verdicts.Add(isBatch ? judged : judged[0]!.DeepClone());
        }

        return Envelope.Ok(verdicts, names);
    }

    /// <summary>Known before anything is judged: the answer says how many requests at once are not too many.</summary>
    private static LocalizedText? RefuseCost(IReadOnlyList<NamedEnforcer> enforcers, int requests)
    {
        var (steps, policies) = (enforcers.Sum(e => e.Policies.Steps), enforcers.Sum(e => e.Policies.Count));
        var most = steps == 0 ? MostRequests : Allowance.MostSteps / steps;
        if (requests <= most)
        {
            return null;
        }

        var advice = most > 0
            ? new LocalizedText($"send at most {most} requests at once, or name fewer permissions", $"请每次最多发送 {most} 个请求，或指定较少的权限")
            : new LocalizedText("name fewer permissions, or use a shorter matcher", "请指定较少的权限，或使用较短的 matcher");
        return new LocalizedText(
            $"{requests} requests by {policies} policies are too much for one call: {advice.English}",
            $"{policies} 条策略判定 {requests} 个请求，超出一次调用的上限：{advice.Chinese}");
    }

    /// <summary>Of the user that <c>userId</c> names, for the administrators of that user; else of the caller.</summary>
    private static async Task<IResult> HeldAsync(HttpContext context, Caller caller, Func<EffectiveRoles, IEnumerable<string>> read)
    {
        var named = context.Request.Query["userId"].ToString();
        if (caller.Kind == CallerKind.Anonymous)
        {
            return Envelope.LoginFirst();
        }

        ObjectId id;
        if (named.Length > 0)
        {
            if (!ObjectId.TryRead(named, out id))
            {
                return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(named));
            }
        }
        else if (caller.User is { } self)
        {
            id = new ObjectId(self.Owner, self.Name);
        }
        else
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "userId must name a user, as organization/name",
                "userId 必须写成 organization/name 以指明用户"));
        }

        if (!Authorization.Allows(AccessLevel.Self, caller, id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var held = await context.RequestServices.GetRequiredService<Database>().ReadAsync(
            async connection => await Users.FindAsync(connection, id.Owner, id.Name) is { } user ? await EffectiveRolesReader.OfAsync(connection, user) : EffectiveRoles.None, context.RequestAborted);
        return Envelope.Ok(new JsonArray([.. read(held).Distinct(StringComparer.Ordinal).Select(t => (JsonNode)t)]));
    }

    internal static IEnumerable<string> Texts(JsonObject document, string property) =>
        (document[property] as JsonArray ?? []).OfType<JsonValue>().Select(v => v.ToString());
}
