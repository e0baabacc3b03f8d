using Kube.Api.Errors;
using Kube.Api.Validation;

namespace Kube.Api.Tests.Errors;

public sealed class KubeStatusTests
{
    [Fact]
    public void StatusesAreKubernetesOwn()
    {
        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"x\" not found","reason":"NotFound","details":{"name":"x","kind":"pods"},"code":404}""",
            Compact(KubeStatus.NotFound("", "pods", "x")));
        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \"x\" already exists","reason":"AlreadyExists","details":{"name":"x","group":"apps","kind":"deployments"},"code":409}""",
            Compact(KubeStatus.AlreadyExists("apps", "deployments", "x")));
        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Pod \"x\" is invalid: [spec.containers: Required value, a: Invalid value: 5: b]","reason":"Invalid","details":{"name":"x","kind":"Pod","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.containers"},{"reason":"FieldValueInvalid","message":"Invalid value: 5: b","field":"a"}]},"code":422}""",
            Compact(KubeStatus.Invalid("", "Pod", "x", [FieldError.Required("spec.containers"), FieldError.Invalid("a", 5, "b")])));
        Assert.Equal(
            "Operation cannot be fulfilled on pods \"x\": the object has been modified; please apply your changes to the latest version and try again",
            KubeStatus.Conflict("", "pods", "x").Message);
    }

    private static string Compact(KubeStatus status) => System.Text.Encoding.UTF8.GetString(Serialization(status));

    private static byte[] Serialization(KubeStatus status) => Kube.Api.Serialization.JsonTree.ToBytes(status.ToJson());

    [Fact]
    public void StatusesReadBack()
    {
        var status = KubeStatus.Invalid("", "Pod", "x", [FieldError.NotSupported("a", "x", ["b", "c"])]);
        var back = KubeStatus.FromJson(status.ToJson())!;
        Assert.Equal("Unsupported value: \"x\": supported values: \"b\", \"c\"", back.Causes[0].Message);
        Assert.Equal((status.Code, status.Reason, status.Message), (back.Code, back.Reason, back.Message));
    }
}
