using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Storage.Keys;
using Postern.Storage.Tables;

namespace Postern.Server.Commands;

/// <summary><c>postern keys rewrap</c>: another master key for the same key ring. No secret is encrypted anew.</summary>
internal static class RewrapKeys
{
    public const string NewKeyVariable = "POSTERN_NEW_MASTER_KEY";

    public static async Task<int> RunAsync(PosternOptions options, string? newKey, TimeProvider clock, TextWriter output)
    {
        output.WriteLine("Every node must be stopped until the new master key is in its place. 请先停止所有节点，直至新主密钥就位。");
        var file = options.MasterKeyFile;
        var fresh = file + ".new";
        await using var database = new Database(options);
        if (await FinishAsync(database, file, fresh))
        {
            output.WriteLine($"An earlier run had changed the master key; it is in {file} now. 主密钥已更换。");
            return 0;
        }

        await Installation.ChangeAsync(options, database, clock, async (ring, connection, transaction) =>
        {
            if (newKey is null && ring.Master.Origin == MasterKey.Variable)
            {
                throw new StartRefusedException($"The master key stands in {MasterKey.Variable}: state the new one in {NewKeyVariable} (32 random bytes in base64, as openssl rand -base64 32 makes them).");
            }

            var to = newKey is not null ? MasterKey.Parse(newKey, NewKeyVariable, isNew: true) : Make(fresh);
            await KeyRing.RewrapAsync(ring.Master, to, connection, transaction);
        });
        if (newKey is not null)
        {
            output.WriteLine($"Done: set {MasterKey.Variable} to the new key on every node, then start them. 完成，请在每个节点上设置新主密钥后启动。");
            return 0;
        }

        File.Move(fresh, file, overwrite: true);
        output.WriteLine($"Done: the new master key is in {file}; copy it to every node and back it up. 完成，请复制到每个节点并备份。");
        return 0;
    }

    private static MasterKey Make(string fresh)
    {
        File.Delete(fresh);
        return MasterKey.Create(fresh);
    }

    /// <summary>A run that ended between its commit and the exchange of the files left the database's key beside the old one.</summary>
    private static async Task<bool> FinishAsync(Database database, string file, string fresh)
    {
        if (!File.Exists(fresh))
        {
            return false;
        }

        var made = MasterKey.Parse(await File.ReadAllTextAsync(fresh), fresh, isNew: true);
        await using var connection = await database.OpenAsync();
        if (await InstallationSettings.FindAsync(connection, InstallationSettings.MasterCheck) is not { } check || made.Unwrap(check, InstallationSettings.MasterCheck) is null)
        {
            return false;
        }

        File.Move(fresh, file, overwrite: true);
        return true;
    }
}
