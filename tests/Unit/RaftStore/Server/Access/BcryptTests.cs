using Kube.RaftStore.Server.Access;

namespace Kube.RaftStore.Tests.Server.Access;

/// <summary>Hashes as other implementations make them.</summary>
public class BcryptTests
{
    [Theory]
    [InlineData("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy")]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    public void Known_hashes_are_verified_and_their_neighbours_are_not(string password, string hash)
    {
        Assert.True(Bcrypt.Verify(password, hash));
        Assert.False(Bcrypt.Verify(password + "x", hash));
        Assert.False(Bcrypt.Verify(password, hash[..^1] + "z"));
    }

    [Fact]
    public void A_new_hash_has_the_usual_form_and_a_salt_of_its_own()
    {
        var hash = Bcrypt.Hash("geheim", Bcrypt.MinCost);
        Assert.StartsWith("$2a$04$", hash, StringComparison.Ordinal);
        Assert.Equal(60, hash.Length);
        Assert.True(Bcrypt.Verify("geheim", hash));
        Assert.NotEqual(hash, Bcrypt.Hash("geheim", Bcrypt.MinCost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2a$05$")]
    [InlineData("$2a$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCC CCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public void Malformed_hashes_fit_no_password(string hash) => Assert.False(Bcrypt.Verify("", hash));

    [Fact]
    public void The_words_of_pi_are_those_everybody_knows()
        => Assert.Equal([0x243F6A88u, 0x85A308D3u, 0x13198A2Eu], PiDigits.Words(1042).Take(3));
}
