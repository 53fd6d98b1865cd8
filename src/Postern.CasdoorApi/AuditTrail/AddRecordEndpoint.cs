using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.AuditTrail;

/// <summary>
/// <c>POST /api/add-record</c>: an application keeps something in its organization's trail. Who, when and where are what the
/// server sees; what the client says of itself stands in the record's object, and the verdict <c>reported</c> marks it.
/// </summary>
internal static class AddRecordEndpoint
{
    private const string Action = "add-record";
    private const int LongestAction = 100;
    private const int LongestName = 100;

    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        if (await ReadersScope.RefuseAsync(context, caller) is { } refusal)
        {
            return refusal;
        }

        var body = await RequestBody.ReadAsync(context, RecordFields.Type);
        if (body.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var read = Read(sent);
        if (read.Value is not { } reported)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        var (owner, organization) = (Text(reported, "owner"), Text(reported, "organization"));
        var belongs = organization.Length > 0 ? organization : owner.Length > 0 ? owner : caller.Organization;
        if (!caller.IsAdminOf(belongs) || (owner.Length > 0 && !caller.IsAdminOf(owner)))
        {
            return Envelope.Denied();
        }

        var name = Text(reported, "name");
        if (name.Length > LongestName || name.Any(char.IsControl) || Guid.TryParse(name, out _))
        {
            // The records of the server have UUIDs as names: a reported event is never found in the place of one.
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"name must be at most {LongestName} characters long, without control characters, and not a UUID",
                $"name 最多 {LongestName} 个字符，不能包含控制字符，也不能是 UUID"));
        }

        var action = Text(reported, "action");
        if (action.Length > LongestAction || action.Any(char.IsControl))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                $"action must be at most {LongestAction} characters long and without control characters",
                $"action 最多 {LongestAction} 个字符，且不能包含控制字符"));
        }

        var record = RequestRecords.Of(context, belongs, caller.RecordName, action.Length > 0 ? action : Action, "") with
        {
            UserId = caller.UserId,
            Verdict = Verdicts.Reported,
            Name = name.Length > 0 ? name : Guid.CreateVersion7().ToString(),
            Detail = "reported by " + (caller.Kind == CallerKind.Application ? "the application" : "the user"),
            NewValues = RecordValues.TextOf(null, reported),
        };
        return await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            // Records of an organization that does not exist would belong to a later organization of that name.
            if (await Organizations.FindAsync(connection, belongs, transaction) is null)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.NotFound, new(
                    $"The organization: {belongs} does not exist",
                    $"组织: {belongs} 不存在")));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Written(true));
        });
    }

    /// <summary>The properties of a record that were sent and say something; unknown ones are left out.</summary>
    private static Prepared<JsonObject> Read(JsonObject sent)
    {
        var reported = new JsonObject();
        foreach (var (key, value) in sent)
        {
            var property = RecordFields.Shape.NameOf(key);
            if (value is null || !RecordFields.Shape.Has(property))
            {
                continue;
            }

            if (RecordFields.Shape.Refuse(RecordFields.Type, property, value) is { } refusal)
            {
                return new(null, refusal);
            }

            if (!JsonNode.DeepEquals(value, RecordFields.Shape.ZeroOf(property)))
            {
                reported[property] = property switch
                {
                    // Clients log requests as they were: with their query, and with bodies that hold passwords.
                    "requestUri" => value.GetValue<string>().Split('?', '#')[0],
                    "object" or "oldObject" or "response" or "detail" => WithoutSecrets(value.GetValue<string>()),
                    _ => value.DeepClone(),
                };
            }
        }

        return reported;
    }

    /// <summary>JSON with its secrets masked; a form's text is taken for one, any other text stays.</summary>
    private static JsonNode? WithoutSecrets(string text)
    {
        try
        {
            return JsonNode.Parse(text) is { } json and (JsonObject or JsonArray) ? SecretNames.Masked("", json) : WithoutPairs(text);
        }
        catch (JsonException)
        {
            // Half a JSON text, as logs cut it: what cannot be read cannot be cleared of secrets.
            return text.AsSpan().TrimStart() is ['{' or '[', ..] ? ObjectStore.Masked : WithoutPairs(text);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // The same name twice, or half a surrogate pair.
            return ObjectStore.Masked;
        }
    }

    private static JsonNode WithoutPairs(string text) => !text.Contains('=', StringComparison.Ordinal) ? text : string.Join('&', text.Split('&').Select(pair =>
        pair.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 && SecretNames.IsOne(pair[..at]) ? pair[..(at + 1)] + ObjectStore.Masked : pair));

    private static string Text(JsonObject document, string property) => document[property]?.GetValue<string>() ?? "";
}
