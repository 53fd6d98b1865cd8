using Microsoft.AspNetCore.Http.Features;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.Calls;

/// <summary>Parameters that some clients send in the query, others as a form of either kind, and others as JSON.</summary>
internal sealed class SentFields
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>The value under the first of the names that has one; "" where none has.</summary>
    public string this[params ReadOnlySpan<string> names]
    {
        get
        {
            foreach (var name in names)
            {
                if (values.GetValueOrDefault(name) is { Length: > 0 } value)
                {
                    return value;
                }
            }

            return "";
        }
    }

    /// <summary>Why the fields do not name one user, or null: each name under which the owner or the name may be sent says the same, and so does an id.</summary>
    /// <param name="ways">The names of the fields that hold the owner, and of those that hold the name.</param>
    public LocalizedText? RefuseTarget(params ReadOnlySpan<(string Owner, string Name)> ways)
    {
        var named = ObjectId.TryRead(values.GetValueOrDefault("id", ""), out var id) ? id : new ObjectId("", "");
        foreach (var (owner, name) in ways)
        {
            var (one, other) = (values.GetValueOrDefault(owner, ""), values.GetValueOrDefault(name, ""));
            if ((one.Length > 0 && named.Owner.Length > 0 && one != named.Owner) || (other.Length > 0 && named.Name.Length > 0 && other != named.Name))
            {
                return new LocalizedText($"{owner} and {name} name another user than what is sent beside them", $"{owner} 和 {name} 与同时发送的参数指定了不同的用户");
            }

            named = new ObjectId(one.Length > 0 ? one : named.Owner, other.Length > 0 ? other : named.Name);
        }

        return null;
    }

    /// <summary>All of them; what is sent twice must be the same twice.</summary>
    public static async Task<Prepared<SentFields>> ReadAsync(HttpContext context)
    {
        var (fields, request) = (new SentFields(), context.Request);
        var pairs = request.Query.Select(p => (p.Key, Value: p.Value.ToString()));
        if (request.HasFormContentType)
        {
            try
            {
                if (await BoundedBody.ReadFormAsync(context) is not { } form)
                {
                    return new(null, TooLarge(context));
                }

                pairs = pairs.Concat(form.Select(p => (p.Key, Value: p.Value.ToString())));
            }
            catch (InvalidDataException)
            {
                return new(null, new("the form cannot be read", "无法读取表单"));
            }
        }
        else if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false && request.ContentLength != 0)
        {
            var body = await RequestBody.ReadAsync(context, "User");
            if (body.Value is not { } document)
            {
                return new(null, body.Refusal);
            }

            pairs = pairs.Concat(document.Select(p => p.Key).ToList().Select(k => (Key: k, Value: ObjectTarget.Text(document, k))));
        }

        foreach (var (key, value) in pairs)
        {
            if (value.Contains('\0', StringComparison.Ordinal))
            {
                var shown = key.Replace("\0", "", StringComparison.Ordinal);
                return new(null, new($"U+0000 is not allowed in {shown}", $"{shown} 中不允许出现 U+0000"));
            }

            if (InputLimits.Refuse(key, value) is { } tooLong)
            {
                return new(null, tooLong);
            }

            if (value.Length > 0 && !fields.values.TryAdd(key, value) && fields.values[key] != value)
            {
                return new(null, new($"{key} is sent twice with different values", $"{key} 发送了两次，且值不同"));
            }
        }

        return fields;
    }

    private static LocalizedText TooLarge(HttpContext context)
    {
        var limit = BodyLimits.Show(BodyLimits.Of(context));
        return new($"the form is larger than {limit}", $"表单大于 {limit}");
    }
}
