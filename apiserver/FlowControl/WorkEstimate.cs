using Kube.ApiServer.Requests;

namespace Kube.ApiServer.FlowControl;

/// <summary>How many seats a request takes, as Kubernetes estimates it. Pure.</summary>
internal static class WorkEstimate
{
    private const int MaxSeats = 10;
    private const double ObjectsPerSeat = 100;

    /// <summary>
    /// A list takes a seat for each hundred objects of its resource, since it looks at each; so does a watch that begins with
    /// all of them. Everything else takes one.
    /// </summary>
    /// <param name="sendsInitialEvents">True for a watch that asks for the present state first.</param>
    /// <param name="isSingle">True for a list of one object by its name.</param>
    /// <param name="objectCount">How many objects the resource has; null when that is not known.</param>
    /// <param name="levelMaxSeats">Most seats that the request's level gives; 0 for no bound of its own.</param>
    public static int SeatsOf(RequestInfo request, bool sendsInitialEvents, bool isSingle, int? objectCount, int levelMaxSeats)
    {
        var looksAtAll = request.IsResourceRequest && (request.Verb == "list" || (request.Verb == "watch" && sendsInitialEvents));
        if (!looksAtAll || isSingle || objectCount is not { } count)
        {
            return 1;
        }

        var most = levelMaxSeats is > 0 and < MaxSeats ? levelMaxSeats : MaxSeats;
        return (int)Math.Clamp(Math.Ceiling(count / ObjectsPerSeat), 1, most);
    }
}
