using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.CasdoorApi.Edge;

namespace Postern.CasdoorApi.OpenApi;

/// <summary>A route's description as the document has it.</summary>
internal sealed class OperationWriter(OpenApiDocument document, Schemas schemas)
{
    private const string WhoExtension = "x-postern-who";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data";

    public OpenApiOperation Write(RouteEndpoint endpoint, Operation operation, string id)
    {
        var written = new OpenApiOperation
        {
            OperationId = id,
            Summary = operation.Summary,
            Description = DescriptionOf(operation),
            Tags = new HashSet<OpenApiTagReference> { new(operation.Tag, document) },
            Parameters =
            [
                .. endpoint.RoutePattern.Parameters.Select(p => Place(new(p.Name, "", IsRequired: true), ParameterLocation.Path)),
                .. operation.Query.Select(p => Place(p, ParameterLocation.Query)),
            ],
            RequestBody = BodyOf(operation),
            Responses = ResponsesOf(OpenApiDocuments.PathOf(endpoint), operation),
            Security = SecuritySchemes.Of(document, operation.Who is AccessLevel.Anonymous && operation.Credentials != Credentials.None ? operation.Credentials | Credentials.Optional : operation.Credentials),
        };
        if (operation.Who is { } admitted)
        {
            written.AddExtension(WhoExtension, new JsonNodeExtension(NameOf(admitted)));
        }

        return written;
    }

    private static string? DescriptionOf(Operation operation)
    {
        var sentences = new[] { operation.Detail, operation.Who is { } who ? Sentence(who) : "" }.Where(t => t.Length > 0).ToList();
        return sentences.Count > 0 ? string.Join(' ', sentences) : null;
    }

    /// <summary>As the document has named the levels from its first version on.</summary>
    private static string NameOf(AccessLevel who) => who switch
    {
        AccessLevel.Anonymous => "everybody",
        AccessLevel.SignedIn => "signedIn",
        AccessLevel.Self => "himself",
        AccessLevel.Administrator => "administrator",
        _ => "globalAdministrator",
    };

    private static string Sentence(AccessLevel who) => who switch
    {
        AccessLevel.Anonymous => "For every caller; administrators may be shown more.",
        AccessLevel.SignedIn => "For users, and applications by their credentials.",
        AccessLevel.Self => "For the user that the object names, and for administrators and applications of its organization.",
        AccessLevel.Administrator => "For administrators and applications of the object's organization, and of built-in.",
        _ => "For administrators and applications of the organization built-in.",
    };

    private OpenApiParameter Place(Parameter parameter, ParameterLocation place) => new()
    {
        Name = parameter.Name,
        In = place,
        Required = parameter.IsRequired,
        Description = parameter.Text.Length > 0 ? parameter.Text : null,
        Schema = SchemaOf(parameter),
    };

    private OpenApiRequestBody? BodyOf(Operation operation) =>
        operation.Body is { } body ? Of(Reply.Json, schemas.Of(body), isRequired: true)
        : operation.Form.Count > 0 ? Of(operation.IsMultipart ? Multipart : Form, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = operation.Form.ToDictionary(p => p.Name, FieldOf, StringComparer.Ordinal),
            Required = operation.Form.Where(p => p.IsRequired).Select(p => p.Name).ToHashSet(StringComparer.Ordinal),
        }, operation.Form.Any(p => p.IsRequired))
        : null;

    private IOpenApiSchema FieldOf(Parameter field)
    {
        var schema = SchemaOf(field);
        schema.Description = field.Text;
        return schema;
    }

    private IOpenApiSchema SchemaOf(Parameter parameter)
    {
        var schema = schemas.Of(parameter.Type);
        if (schema is OpenApiSchema { Type: JsonSchemaType.String, Format: null } text)
        {
            text.MaxLength = InputLimits.Of(parameter.Name);
        }

        return schema;
    }

    private static OpenApiRequestBody Of(string mediaType, IOpenApiSchema schema, bool isRequired) => new()
    {
        Required = isRequired,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [mediaType] = new() { Schema = schema } },
    };

    private OpenApiResponses ResponsesOf(string path, Operation operation)
    {
        var responses = new OpenApiResponses();
        foreach (var answer in operation.Answers)
        {
            var status = answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!responses.TryGetValue(status, out var response))
            {
                responses[status] = response = new OpenApiResponse { Description = answer.Text, Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) };
            }

            if (answer.Type is not null)
            {
                response.Content!.Add(answer.MediaType, new OpenApiMediaType { Schema = SchemaOf(answer) });
            }
        }

        // What every address may answer: too much, too often, a database that does not serve (Hosting/Failures).
        var (type, media) = Refusals.DialectOf(path) switch
        {
            RefusalDialect.OAuth => ("OAuthError", Reply.Json),
            RefusalDialect.Casdoor => ("Refusal", Reply.Json),
            _ => ("Problem", "application/problem+json"),
        };
        responses["default"] = new OpenApiResponse
        {
            Description = "A refusal; 429 and 503 come with Retry-After",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [media] = new() { Schema = schemas.Of(type) } },
        };
        foreach (var other in operation.Refusals)
        {
            responses["default"].Content!.TryAdd(other.MediaType, new OpenApiMediaType { Schema = SchemaOf(other) });
        }
        return responses;
    }

    private IOpenApiSchema SchemaOf(Reply answer)
    {
        var schema = answer.IsEnvelope ? EnvelopeOf(answer) : schemas.Of(answer.Type!);
        return answer.OrRefusal ? new OpenApiSchema { OneOf = [schema, schemas.Of("Refusal")] } : schema;
    }

    private OpenApiSchema EnvelopeOf(Reply answer)
    {
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["data"] = schemas.Of(answer.Type!) };
        if (answer.Type2 is { } second)
        {
            properties["data2"] = schemas.Of(second);
        }

        return new OpenApiSchema { AllOf = [schemas.Of("Ok"), new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties, Required = properties.Keys.ToHashSet(StringComparer.Ordinal) }] };
    }
}
