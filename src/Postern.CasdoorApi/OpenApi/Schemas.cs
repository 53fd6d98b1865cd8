using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>The schemas of one document, all from declarations that the server itself works by.</summary>
internal sealed class Schemas(OpenApiDocument document)
{
    /// <summary>The note on what nothing here acts on (docs/properties.md).</summary>
    private const string KeptOnly = "Kept only: it is stored and shown, and nothing here acts on it";

    /// <summary>Every kind that has routes.</summary>
    public static IEnumerable<ObjectKind> Kinds => ObjectKinds.All.Append(TokenKind.Kind).Append(SessionKind.Kind);

    public void AddAll()
    {
        foreach (var kind in Kinds)
        {
            Add(kind.Type, OfKind(kind, isWhole: true));
            Add(kind.Type + Operation.Fields, OfKind(kind, isWhole: false));
        }

        foreach (var (name, shape) in Parts.All)
        {
            Add(name, OfPart(name, shape));
        }

        foreach (var (name, shape) in Shapes.Others)
        {
            Add(name, Shapes.Bodies.Contains(name) ? Bounded(OfShape(shape, isWhole: true)) : OfShape(shape, isWhole: true));
        }

        Add("Record" + Operation.Fields, OfShape(RecordFields.Shape, isWhole: false));
        Add("TokenAnswer", OfJson(OAuthJson.Default.TokenAnswer));
        Add("OAuthError", OfJson(OAuthJson.Default.ErrorBody, "A refusal (RFC 6749 section 5.2); error_message is the same sentence in Chinese, for who asks for it"));
        Add("ServerMetadata", OfJson(OAuthJson.Default.ServerMetadata));
        Add("JwkSet", OfJson(OAuthJson.Default.JwkSet));
        Add("Problem", OfJson(ProblemJson.Default.Problem, "A refusal (RFC 9457)"));
        Add("Written", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["Affected", "Unaffected"], Description = "Whether something changed" });
        Add("Ok", EnvelopeOf("ok", "What was asked for, in data and data2"));
        Add("ErrorCode", new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. ErrorCode.All.Select(c => (JsonNode)c.Name)],
            Description = string.Join('\n', ErrorCode.All.Select(c => $"- `{c.Name}`: {c.Meaning} {c.ChineseMeaning}")),
        });
        Add("Refusal", RefusalEnvelope());
    }

    /// <summary>One of <see cref="Operation"/>'s words.</summary>
    public IOpenApiSchema Of(string type)
    {
        var alternatives = type.Split('|');
        return alternatives.Length > 1 ? Any([.. alternatives.Select(Of)])
            : type.EndsWith("[]", StringComparison.Ordinal) ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(type[..^2]) }
            : type switch
            {
                "S" => new OpenApiSchema { Type = JsonSchemaType.String },
                "B" => new OpenApiSchema { Type = JsonSchemaType.Boolean },
                "I" => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
                "F" => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
                "A" => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
                "M" => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of("S") },
                "O" => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() },
                "null" => new OpenApiSchema { Type = JsonSchemaType.Null },
                "file" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                _ => new OpenApiSchemaReference(type, document),
            };
    }

    private void Add(string name, OpenApiSchema schema) => document.AddComponent<IOpenApiSchema>(name, schema);

    /// <param name="kind">The kind.</param>
    /// <param name="isWhole">As an answer shows it; else some of its properties: what a body sends, and what another object shows of one.</param>
    private OpenApiSchema OfKind(ObjectKind kind, bool isWhole)
    {
        var schema = OfShape(kind.Shape, isWhole);
        schema.Description = isWhole ? $"Its id is owner/{kind.NameProperty}{(kind == SessionKind.Kind ? "/application" : "")}" : $"Some properties of {kind.Type}: what a body sends, or what another object shows of one";
        if (kind == ObjectKinds.Application)
        {
            schema.Required?.ExceptWith(PublicApplication.Ours);
        }

        foreach (var (name, property) in schema.Properties!)
        {
            if (property is not OpenApiSchema own)
            {
                continue;
            }

            own.ReadOnly = kind.NeverStored.Contains(name);
            if (name == "owner" && kind.FixedOwner is { } owner)
            {
                own.Default = owner;
            }

            own.Description = NoteOn(kind, name);
            if (kind.KeptOnly.Contains(name))
            {
                SayKeptOnly(own);
            }
        }

        if (kind.IsKeptOnly)
        {
            SayKeptOnly(schema);
        }

        return schema;
    }

    /// <summary>In words for who reads the document, and as an extension for a program.</summary>
    private static void SayKeptOnly(OpenApiSchema schema)
    {
        schema.Description = schema.Description is { } note ? $"{note}. {KeptOnly}" : KeptOnly;
        schema.Extensions = new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal) { ["x-kept-only"] = new JsonNodeExtension(true) };
    }

    private static string? NoteOn(ObjectKind kind, string property) =>
        property == "owner" && kind.FixedOwner is { } owner ? $"Always {owner}"
        : kind.NeverStored.Contains(property) ? "The server's: dropped where it is sent"
        : kind.Shown == property ? $"A secret: lists and most callers read {ObjectStore.Masked}, and who administers it reads it from the route of one object; {ObjectStore.Masked} or nothing in an update changes nothing"
        : kind.SecretOf(property) is not null || kind.Bagged.Contains(property) ? $"A secret: reads as {ObjectStore.Masked} where it is set; {ObjectStore.Masked} or nothing in an update changes nothing"
        : kind.FixedAfterAdd.Contains(property) ? "An add may set it, an update may not"
        : kind.ColumnOf(property)?.Type == ColumnType.Time ? "RFC 3339, or empty"
        : kind.Lookup == property && property != kind.NameProperty ? "No two may have the same"
        : property == kind.NameProperty && kind.IsNamedByServer ? "The server's choice"
        : null;

    private OpenApiSchema OfPart(string name, ObjectShape shape)
    {
        var schema = OfShape(shape, isWhole: false);
        foreach (var kept in Parts.KeptOnly.GetValueOrDefault(name) ?? new HashSet<string>())
        {
            if (schema.Properties![kept] is OpenApiSchema own)
            {
                SayKeptOnly(own);
            }
        }

        return schema;
    }

    private OpenApiSchema OfShape(ObjectShape shape, bool isWhole)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) };
        foreach (var property in shape.Properties)
        {
            schema.Properties[property.Name] = OfProperty(property);
        }

        if (isWhole)
        {
            schema.Required = shape.Properties.Where(p => !p.MayBeAbsent).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        }

        return schema;
    }

    private static OpenApiSchema Bounded(OpenApiSchema body)
    {
        foreach (var (name, property) in body.Properties!)
        {
            if (property is OpenApiSchema { Type: JsonSchemaType.String, Format: null } text)
            {
                text.MaxLength = InputLimits.OfJson(name);
            }
        }

        return body;
    }

    private IOpenApiSchema OfProperty(ShapeProperty property)
    {
        // Of another kind an object shows as much as its reader may see.
        var isList = property.Type.EndsWith("[]", StringComparison.Ordinal);
        var named = isList ? property.Type[..^2] : property.Type;
        var type = Kinds.Any(k => k.Type == named) ? named + Operation.Fields + (isList ? "[]" : "") : property.Type;
        var schema = Of(type);
        if (!property.MayBeNull)
        {
            return schema;
        }

        if (schema is not OpenApiSchema own)
        {
            return Any([schema, Of("null")]);
        }

        own.Type |= JsonSchemaType.Null;
        return own;
    }

    private OpenApiSchema RefusalEnvelope()
    {
        var schema = EnvelopeOf("error", "What went wrong: code is for programs, msg for people, in Chinese where Accept-Language asks for it");
        schema.Properties!["code"] = Of("ErrorCode");
        schema.Properties["reason"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "With sign_in_refused and password_change_required: the rule that refused" };
        schema.Required!.Add("code");
        return schema;
    }

    private OpenApiSchema EnvelopeOf(string status, string description) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [status] },
            ["msg"] = Of("S"),
            ["sub"] = Of("S"),
            ["name"] = Of("S"),
            ["data"] = new OpenApiSchema(),
            ["data2"] = new OpenApiSchema(),
            ["data3"] = new OpenApiSchema(),
        },
        Required = new HashSet<string>(["status", "msg", "data", "data2"], StringComparer.Ordinal),
    };

    /// <summary>As the serializer writes it: what may be null is left out then.</summary>
    private OpenApiSchema OfJson(JsonTypeInfo type, string? description = null) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = type.Properties.ToDictionary(p => p.Name, p => OfClr(p.PropertyType), StringComparer.Ordinal),
        Required = type.Properties.Where(p => !p.IsGetNullable).Select(p => p.Name).ToHashSet(StringComparer.Ordinal),
    };

    private IOpenApiSchema OfClr(Type type) =>
        type == typeof(string) ? Of("S")
        : type == typeof(bool) ? Of("B")
        : type == typeof(long) || type == typeof(int) ? Of("I")
        : type.IsGenericType ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = OfClr(type.GetGenericArguments()[0]) }
        : OfJson(OAuthJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type.Name} has no schema"));

    private static OpenApiSchema Any(IList<IOpenApiSchema> alternatives) => new() { OneOf = alternatives };
}
