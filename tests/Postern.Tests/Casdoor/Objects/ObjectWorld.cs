using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>An organization of its own, and the store's steps in the order in which routes take them.</summary>
public sealed class ObjectWorld(TestServer server)
{
    private readonly string mark = Guid.NewGuid().ToString("N")[..8];

    public TestServer Server => server;

    public ObjectStore Store { get; } = new(server.Secrets, server.Clock);

    public string Organization => Name("org");

    public static async Task<ObjectWorld> CreateAsync(TestServer server)
    {
        var world = new ObjectWorld(server);
        await world.AddAsync(ObjectKinds.Organization, new JsonObject { ["owner"] = "admin", ["name"] = world.Organization });
        return world;
    }

    public string Name(string stem) => stem + "-" + mark;

    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write) =>
        server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await write(connection, transaction)));

    public Task<bool> AddAsync(ObjectKind kind, JsonObject document)
    {
        var prepared = Store.PrepareAdd(kind, document);
        return prepared.Value is { } ready ? WriteAsync((c, t) => ObjectStore.AddAsync(c, t, Store.HashNow(ready))) : throw new InvalidOperationException(prepared.Refusal.English);
    }

    /// <summary>"" or the refusal.</summary>
    public async Task<string> UpdateAsync(ObjectKind kind, string owner, string name, JsonObject changes)
    {
        var prepared = Store.PrepareUpdate((await FindAsync(kind, owner, name))!, changes);
        return prepared.Value is not { } ready ? prepared.Refusal.English
            : await WriteAsync((c, t) => ObjectStore.UpdateAsync(c, t, ready)) ? "" : "not written";
    }

    public Task<StoredObject?> FindAsync(ObjectKind kind, string owner, string name) =>
        server.Database.ReadAsync(c => ObjectStore.FindAsync(c, kind, owner, name));

    public Task<JsonObject?> GetAsync(ObjectKind kind, string owner, string name) =>
        server.Database.ReadAsync(c => ObjectStore.GetAsync(c, kind, owner, name));
}
