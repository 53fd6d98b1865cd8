using System.Data.Common;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>What the user said to the device's question. An approval is made of an <see cref="Admission"/>.</summary>
public sealed record DeviceDecision
{
    private readonly string userId;
    private readonly long authTime;
    private readonly string amr;

    private DeviceDecision(string userId, long authTime, string amr) => (this.userId, this.authTime, this.amr) = (userId, authTime, amr);

    public static DeviceDecision Refused { get; } = new("", 0, "");

    public bool IsDenied => userId.Length == 0;

    public static DeviceDecision ApprovedBy(Admission admission, long authTime, string amr) => new(admission.User.Id, authTime, amr);

    /// <summary>One statement decides: false where the user has decided already, or the time is up.</summary>
    public Task<bool> WriteAsync(DbConnection connection, string userCodeHash, long now, DbTransaction transaction) =>
        DeviceCodes.DecideAsync(connection, userCodeHash, userId, authTime, amr, now, transaction);
}
