using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Enforcement;

/// <summary>The policy rules of an enforcer's adapter: list, filter, add, replace, remove.</summary>
internal static class PolicyEndpoints
{
    private const int Fields = 6;
    private const int LongestField = 500;
    private static readonly Parameter[] Named = [new("id", "the enforcer, as owner/name"), new("adapterId", "the adapter itself, as owner/name; wins over id")];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/get-policies", AccountEndpoints.Identified((context, caller) => ListAsync(context, caller, _ => true)))
            .Describe(new("Enforcer", "The policy rules of an enforcer's adapter") { Who = AccessLevel.Administrator, Query = Named, Answers = [Reply.Data("PolicyRule[]")] });
        routes.MapPost("/api/get-filtered-policies", AccountEndpoints.Identified(FilterAsync))
            .Describe(new("Enforcer", "The policy rules that meet any of the body's filters") { Who = AccessLevel.Administrator, Query = Named, Body = "PolicyFilter[]", Answers = [Reply.Data("PolicyRule[]")] });
        routes.MapPost("/api/add-policy", AccountEndpoints.Identified((context, caller) => WriteAsync(context, caller, "add-policy")))
            .Describe(new("Enforcer", "Adds a policy rule") { Who = AccessLevel.Administrator, Query = Named, Body = "PolicyRule", Answers = [Reply.Written] });
        routes.MapPost("/api/update-policy", AccountEndpoints.Identified((context, caller) => WriteAsync(context, caller, "update-policy")))
            .Describe(new("Enforcer", "Replaces a policy rule: the body is the old one and the new one") { Who = AccessLevel.Administrator, Query = Named, Body = "PolicyRule[]", Answers = [Reply.Written] });
        routes.MapPost("/api/remove-policy", AccountEndpoints.Identified((context, caller) => WriteAsync(context, caller, "remove-policy")))
            .Describe(new("Enforcer", "Removes a policy rule") { Who = AccessLevel.Administrator, Query = Named, Body = "PolicyRule", Answers = [Reply.Written] });
    }

    private static async Task<IResult> ListAsync(HttpContext context, Caller caller, Func<string[], bool> where)
    {
        var (adapter, refusal) = await FindAsync(context, caller);
        if (adapter is null)
        {
            return refusal!;
        }

        var rules = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Policies.OfAsync(c, adapter.Id), context.RequestAborted);
        return Envelope.Ok(new JsonArray([.. rules.Where(where).Select(JsonNode (r) => Show(r))]));
    }

    /// <summary>Rules that meet any of the filters: type, and from a place on these values, an empty one for any.</summary>
    private static async Task<IResult> FilterAsync(HttpContext context, Caller caller)
    {
        if (await FindAsync(context, caller) is { Adapter: null, Refusal: { } refusal })
        {
            return refusal;
        }

        var body = await RequestBody.ReadArrayAsync(context);
        if (body.Value is not { } filters)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var read = new List<(string Type, int From, string[] Values)>();
        foreach (var filter in filters)
        {
            if (filter is not JsonObject document)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, new(
                    "a filter must be an object with ptype, fieldIndex and fieldValues",
                    "过滤条件必须是含有 ptype、fieldIndex 和 fieldValues 的对象"));
            }

            var from = document["fieldIndex"] is { } index && ObjectShape.TryInteger(index, out var place) ? (int)Math.Clamp(place, 0, Fields) : 0;
            read.Add((ObjectTarget.Text(document, "ptype"), from, [.. EnforceEndpoints.Texts(document, "fieldValues")]));
        }

        return await ListAsync(context, caller, rule => read.Exists(f =>
            (f.Type.Length == 0 || rule[0] == f.Type)
            && !f.Values.Where((value, i) => value.Length > 0 && (f.From + i + 1 >= rule.Length || rule[f.From + i + 1] != value)).Any()));
    }

    private static async Task<IResult> WriteAsync(HttpContext context, Caller caller, string action)
    {
        var (adapter, refusal) = await FindAsync(context, caller);
        if (adapter is null)
        {
            return refusal!;
        }

        var isUpdate = action == "update-policy";
        var rules = new List<string[]>();
        if (isUpdate)
        {
            var body = await RequestBody.ReadArrayAsync(context);
            if (body.Value is not { Count: 2 } pair || pair[0] is not JsonObject old || pair[1] is not JsonObject next)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, body.Value is null ? body.Refusal : new LocalizedText("the body must be a list of two rules: the old one and the new one", "请求体必须是两条规则的列表：原规则和新规则"));
            }

            rules.AddRange([Read(old), Read(next)]);
        }
        else
        {
            var body = await RequestBody.ReadAsync(context, "CasbinRule");
            if (body.Value is not { } rule)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
            }

            rules.Add(Read(rule));
        }

        if (rules.Exists(r => r[0].Length == 0 || r[0][0] is not ('p' or 'g') || r.Any(v => v.Length > LongestField || v.Any(char.IsControl))))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"a rule has a Ptype that begins with p or g and values V0 to V5 of at most {LongestField} characters",
                $"规则的 Ptype 以 p 或 g 开头，V0 到 V5 的值最多 {LongestField} 个字符"));
        }

        var newId = Guid.CreateVersion7(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()).ToString();
        var record = ObjectRecords.Of(context, caller, action, new ObjectId(adapter.Owner, adapter.Name)).About(adapter) with
        {
            OldValues = isUpdate || action == "remove-policy" ? RecordValues.TextOf(null, Show(rules[0])) : "",
            NewValues = action == "remove-policy" ? "" : RecordValues.TextOf(null, Show(rules[^1])),
        };
        return await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (action == "add-policy" && await Policies.CountAsync(connection, transaction, adapter.Id) >= Policies.Most)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.LimitReached, new(
                    $"the adapter has {Policies.Most} rules, which is the most that one may have",
                    $"该适配器已有 {Policies.Most} 条规则，已达上限")));
            }

            var isDone = (action == "add-policy" || await Policies.RemoveAsync(connection, transaction, adapter.Id, rules[0]))
                && (action == "remove-policy" || await Policies.AddAsync(connection, transaction, adapter.Id, newId, rules[^1]));
            if (!isDone)
            {
                return Written.Rollback(Envelope.Written(false));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Written(true));
        });
    }

    /// <summary>The adapter whose rules the query means: the enforcer's of <c>id</c>, or <c>adapterId</c>.</summary>
    private static async Task<(StoredObject? Adapter, IResult? Refusal)> FindAsync(HttpContext context, Caller caller)
    {
        var (sent, adapterId) = (context.Request.Query["id"].ToString(), context.Request.Query["adapterId"].ToString());
        var named = adapterId.Length > 0 ? adapterId : sent;
        if (!ObjectId.TryRead(named, out var id))
        {
            return (null, caller.IsAdmin ? Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(named)) : Envelope.Denied());
        }

        if (!Authorization.Allows(AccessLevel.Administrator, caller, id.Owner))
        {
            return (null, Envelope.Denied());
        }

        return await context.RequestServices.GetRequiredService<Database>().ReadAsync<(StoredObject?, IResult?)>(async connection =>
        {
            if (adapterId.Length > 0)
            {
                return await ObjectStore.FindAsync(connection, AdapterKind.Kind, id.Owner, id.Name) is not { } adapter ? (null, Envelope.Error(ErrorCode.NotFound, new(
                    $"The adapter: {named} doesn't exist",
                    $"适配器: {named} 不存在")))
                    // Casdoor's own page sends the enforcer beside its adapter.
                    : ObjectId.TryRead(sent, out var beside) && beside.Owner == id.Owner
                        && await ObjectStore.FindAsync(connection, EnforcerKind.Kind, beside.Owner, beside.Name) is { } its && ObjectTarget.Text(its.Show(), "adapter") != named
                        ? (null, Envelope.Error(ErrorCode.InvalidRequest, new(
                            "id names an enforcer that has another adapter than adapterId: send one of them",
                            "id 所指执行器的适配器与 adapterId 不同：请只发送其中一个")))
                        : (adapter, null);
            }

            if (await ObjectStore.FindAsync(connection, EnforcerKind.Kind, id.Owner, id.Name) is not { } enforcer)
            {
                return (null, Envelope.Error(ErrorCode.NotFound, new($"The enforcer: {named} doesn't exist", $"执行器: {named} 不存在")));
            }

            var (found, refusal) = await Enforcers.AdapterOfAsync(connection, enforcer, caller);
            return (found, refusal is null ? null : Envelope.Error(ErrorCode.InvalidRequest, refusal));
        }, context.RequestAborted);
    }

    private static string[] Read(JsonObject rule)
    {
        string[] values = [ObjectTarget.Text(rule, "Ptype"), .. Enumerable.Range(0, Fields).Select(i => ObjectTarget.Text(rule, "V" + i))];
        return values[..(Array.FindLastIndex(values, v => v.Length > 0) + 1 is var length && length > 0 ? length : 1)];
    }

    private static JsonObject Show(string[] rule)
    {
        var shown = new JsonObject { ["Id"] = 0, ["Ptype"] = rule[0] };
        for (var i = 0; i < Fields; i++)
        {
            shown["V" + i] = i + 1 < rule.Length ? rule[i + 1] : "";
        }

        return shown;
    }
}
