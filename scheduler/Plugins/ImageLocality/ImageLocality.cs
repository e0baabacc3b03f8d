using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.ImageLocality;

/// <summary>
/// Prefers nodes that have the pod's images already: by their size, and the less so the fewer nodes have them, lest all pods go to
/// the one node that pulled first.
/// </summary>
public sealed class ImageLocality : IClusterPlugin
{
    public string Name => "ImageLocality";

    public int Weight => 1;

    public bool MayFilter => false;

    public IClusterRule? Prepare(PodInfo pod, ClusterView view)
    {
        string[] images =
        [
            .. (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers ?? []).Select(container => Normalize(container.Image ?? string.Empty)),
        ];
        return images.Length == 0 ? null : new ImageRule(images, view);
    }

    /// <summary>An image without a tag means its latest.</summary>
    internal static string Normalize(string image) => image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;

    /// <summary>The score for a sum of scaled image sizes.</summary>
    internal static long Scale(long sumBytes, int containers)
    {
        const long megabyte = 1024 * 1024;
        const long least = 23 * megabyte;
        var most = 1000 * megabyte * containers;
        return IScorePlugin.MaxScore * (Math.Clamp(sumBytes, least, most) - least) / (most - least);
    }

    private sealed class ImageRule(string[] images, ClusterView view) : IClusterRule
    {
        private readonly int[] _nodesWith = new int[images.Length];
        private int _found;

        public CountedPods Counts => CountedPods.None;

        public bool CountsNodes => true;

        public bool Filters => false;

        public bool Scores => _found > 0;

        public void CountNode(NodeInfo node, int sign)
        {
            for (var i = 0; i < images.Length; i++)
            {
                if (Find(node.Node, images[i]) is not null)
                {
                    _nodesWith[i] += sign;
                    _found += sign;
                }
            }
        }

        public void CountPod(NodeInfo node, PodInfo pod, int sign)
        {
            // Images belong to nodes, whoever uses them.
        }

        public Status Filter(int index, NodeInfo node) => Status.Success;

        public void Score(ReadOnlySpan<int> feasible, Span<long> scores)
        {
            for (var i = 0; i < feasible.Length; i++)
            {
                long sum = 0;
                for (var j = 0; j < images.Length; j++)
                {
                    if (_nodesWith[j] > 0 && Find(view.Nodes[feasible[i]].Node, images[j]) is { } image)
                    {
                        sum += (long)(image.SizeBytes * ((double)_nodesWith[j] / view.Count));
                    }
                }

                scores[i] = Scale(sum, images.Length);
            }
        }

        private static ContainerImage? Find(Node? node, string name)
        {
            foreach (var image in node?.Status?.Images ?? [])
            {
                if (image.Names?.Contains(name) == true)
                {
                    return image;
                }
            }

            return null;
        }
    }
}
