namespace Kube.ApiServer.FlowControl;

/// <summary>
/// Deals a flow a hand of queues: the same hand each time, and few flows the same one, so that a flow that floods its
/// queues leaves most others a queue without it (KEP-1040). Pure.
/// </summary>
internal static class ShuffleSharding
{
    /// <summary>Longest hand, as Kubernetes allows it at most.</summary>
    public const int MaxHandSize = 8;

    /// <summary>
    /// Draws cards 0 to <paramref name="deckSize"/> - 1 without putting them back: each is the hash modulo the number of
    /// cards left, counted among those.
    /// </summary>
    /// <param name="hand">Takes the cards, in the order in which they are drawn; not longer than the deck.</param>
    public static void Deal(ulong hash, int deckSize, Span<int> hand)
    {
        Span<int> places = stackalloc int[MaxHandSize];
        for (var drawn = 0; drawn < hand.Length; drawn++)
        {
            var left = (ulong)(deckSize - drawn);
            var card = places[drawn] = (int)(hash % left);
            hash /= left;

            // The place is counted among the cards left; seen backwards, each earlier draw took one away at or below it.
            for (var earlier = drawn - 1; earlier >= 0; earlier--)
            {
                if (card >= places[earlier])
                {
                    card++;
                }
            }

            hand[drawn] = card;
        }
    }
}
