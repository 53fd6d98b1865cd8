using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>An object of each kind with each of its properties set, and one with none.</summary>
internal sealed class EveryKind(Tenant tenant, Administrator administrator)
{
    private const string Model =
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[policy_effect]\ne = some(where (p.eft == allow))\n"
        + "[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act";

    /// <summary>What a rule of the kind says more of than its type.</summary>
    private static readonly HashSet<string> Ruled = new(StringComparer.Ordinal)
    {
        "owner", "name", "id", "createdTime", "organization", "password", "passwordType", "passwordSalt", "certificate", "privateKey", "cryptoAlgorithm", "tokenSigningMethod", "idTokenClaims", "tokenAttributes",
        "tokenFields", "tokenFormat", "isShared", "users", "groups", "roles", "parentId", "isAdmin", "isForbidden", "isDeleted", "email", "phone", "countryCode", "clientSecret", "clientId",
        "accountItems", "passwordOptions", "disableSignin", "clientCert", "cert", "jwksUri", "jwks", "securityProfile", "firstSigninPolicy", "tokenEndpointAuthMethod", "ipRestriction", "ipWhitelist", "user", "modelText", "type", "birthday", "bitSize", "expireInYears", "code",
        "recordRetentionDays", "tokenRetentionDays", "defaultApplication", "enableSoftDeletion", "signupApplication", "dcrPolicy", "grantTypes", "accessKey", "accessSecret", "clientSecret2", "headers", "httpHeaders",
    };

    public string Organization => tenant.Organization;

    /// <summary>The id of an object of the kind, which was added.</summary>
    public async Task<string> AddAsync(ObjectKind kind, bool isFull)
    {
        var name = $"{(isFull ? "full" : "bare")}-{kind.Name}-{Organization}";
        var document = isFull ? Full(kind) : [];
        var owner = kind.FixedOwner ?? Organization;
        document["owner"] = owner;
        document[kind.NameProperty] = name;
        if (kind == ObjectKinds.Application)
        {
            document["organization"] = Organization;
            document["apiAccess"] = "organization";
        }

        if (kind == ObjectKinds.Model)
        {
            document["modelText"] = Model;
        }

        if (kind == ObjectKinds.User)
        {
            document["displayName"] = "before";
        }

        var answer = (await administrator.PostAsync("/api/add-" + kind.Name, document.ToJsonString())).Body;
        if (answer["status"]!.GetValue<string>() != "ok")
        {
            throw new InvalidOperationException($"add-{kind.Name}: {answer["msg"]}");
        }

        return $"{owner}/{(kind.IsNamedByServer ? answer["data"] : name)}";
    }

    /// <summary>A user that groups, roles and permissions name.</summary>
    public async Task<string> AddHolderAsync()
    {
        var id = await AddAsync(ObjectKinds.User, isFull: true);
        await WriteAsync("add-group", new JsonObject { ["owner"] = Organization, ["name"] = "staff-" + Organization });
        await WriteAsync("update-user?id=" + id, new JsonObject
        {
            ["groups"] = new JsonArray($"{Organization}/staff-{Organization}"), ["email"] = "holder@example.com", ["properties"] = new JsonObject { ["shoe size"] = "43" },
            ["address"] = new JsonArray("1 Street", "Town"), ["addresses"] = new JsonArray(new JsonObject { ["tag"] = "home", ["city"] = "Town" }),
        });
        await WriteAsync("add-role", new JsonObject { ["owner"] = Organization, ["name"] = "reader", ["isEnabled"] = true, ["users"] = new JsonArray(id) });
        await WriteAsync("add-permission", new JsonObject { ["owner"] = Organization, ["name"] = "may", ["isEnabled"] = true, ["users"] = new JsonArray(id), ["actions"] = new JsonArray("Read") });
        return id;
    }

    private async Task WriteAsync(string route, JsonObject body)
    {
        if (await administrator.WriteAsync("/api/" + route, body) is not "Affected" and var refusal)
        {
            throw new InvalidOperationException($"{route}: {refusal}");
        }
    }

    private static JsonObject Full(ObjectKind kind)
    {
        var document = new JsonObject();
        foreach (var property in kind.Shape.Properties.Where(p => !Ruled.Contains(p.Name) && !kind.NeverStored.Contains(p.Name) && !kind.FixedAfterAdd.Contains(p.Name)))
        {
            document[property.Name] = Sample(property, property.Name);
        }

        return document;
    }

    private static JsonNode? Sample(ShapeProperty property, string text)
    {
        var type = property.Type;
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            var item = property with { Type = type[..^2] };
            return new JsonArray(Sample(item, text + "-1"), Sample(item, text + "-2"));
        }

        return type switch
        {
            "S" => property.Limits.Text is TextKind.Address or TextKind.Picture or TextKind.Link ? "https://a.example/" + text : text,
            "B" => true,
            "I" => (long)Math.Min(7, property.Limits.Most),
            "F" => 1.5,
            "M" => new JsonObject { ["a key"] = text },
            "A" => new JsonArray(new JsonObject { ["free"] = text }),
            "O" => new JsonObject { ["free"] = text },
            _ => Parts.Find(type) is { } part
                ? new JsonObject(part.Properties.Where(p => p.Name != "provider").Select(p => KeyValuePair.Create(p.Name, Sample(p, p.Name == "name" ? text : p.Name))))
                : null,
        };
    }
}
