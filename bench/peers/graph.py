"""Graph features by networkx and igraph, for `npm run bench -- graph`.

Every line asks for one thing and is answered by one JSON line:
  load FILE NODES          edges as pairs of little-endian uint32: sources, then targets
  PEER FEATURE DIRECTORY MS   computes the feature again and again for so many milliseconds of the processor, at least
                           once, and writes its columns as float64 to DIRECTORY/COLUMN
The answer holds milliseconds of the clock and of the processor, of one computation on average.
"""

import json
import pathlib
import sys
import time

import igraph
import networkx
import numpy

TOLERANCE = 1e-10


def load(path, nodes):
    sources, targets = numpy.fromfile(path, dtype="<u4").reshape(2, -1)
    edges = numpy.stack([sources, targets], 1)
    built = {"igraph": igraph.Graph(n=nodes, edges=edges, directed=True)}
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges.tolist())
    built["networkx"] = graph
    return built


def by_node(nodes, sets):
    """Components by their smallest nodes."""
    column = numpy.zeros(nodes)
    for members in sets:
        members = list(members)
        column[members] = min(members)
    return column


def networkx_features(graph):
    nodes = len(graph)
    listed = lambda values: [values[v] for v in range(nodes)]
    undirected = graph.to_undirected()
    exact = dict(tol=TOLERANCE / nodes, max_iter=1000)
    return {
        "degree": lambda: (dict(graph.in_degree()), dict(graph.out_degree())),
        "pagerank": lambda: networkx.pagerank(graph, **exact),
        "components": lambda: (list(networkx.weakly_connected_components(graph)), list(networkx.strongly_connected_components(graph))),
        "core": lambda: networkx.core_number(graph),
        "triangles": lambda: networkx.triangles(undirected),
    }, {
        "degree": lambda r: {"in": listed(r[0]), "out": listed(r[1])},
        "pagerank": lambda r: {"pagerank": listed(r)},
        "components": lambda r: {"weak": by_node(nodes, r[0]), "strong": by_node(nodes, r[1])},
        "core": lambda r: {"core": listed(r)},
        "triangles": lambda r: {"triangles": listed(r)},
    }


def igraph_features(graph):
    nodes = graph.vcount()
    simple = graph.as_undirected(mode="collapse")
    degrees = numpy.array(simple.degree())
    return {
        "degree": lambda: (graph.indegree(), graph.outdegree()),
        "pagerank": lambda: graph.pagerank(),
        "components": lambda: (graph.connected_components("weak"), graph.connected_components("strong")),
        "core": lambda: graph.coreness(mode="all"),
        "triangles": lambda: simple.transitivity_local_undirected(mode="zero"),
        "betweenness": lambda: graph.betweenness(),
    }, {
        "degree": lambda r: {"in": r[0], "out": r[1]},
        "pagerank": lambda r: {"pagerank": r},
        "components": lambda r: {"weak": by_node(nodes, r[0]), "strong": by_node(nodes, r[1])},
        "core": lambda r: {"core": r},
        # igraph gives the share of a node's pairs that are joined.
        "triangles": lambda r: {"triangles": numpy.rint(numpy.array(r) * degrees * (degrees - 1) / 2)},
        "betweenness": lambda r: {"betweenness": r},
    }


features = {}
for line in sys.stdin:
    words = line.split()
    if words[0] == "load":
        built = load(words[1], int(words[2]))
        features = {"networkx": networkx_features(built["networkx"]), "igraph": igraph_features(built["igraph"])}
        print("{}", flush=True)
        continue
    peer, feature, directory, least = words
    compute, columns = (part[feature] for part in features[peer])
    clock, processor = time.perf_counter(), time.process_time()
    runs = 0
    while runs == 0 or time.process_time() - processor < float(least) / 1000:
        result = compute()
        runs += 1
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    for name, values in columns(result).items():
        numpy.asarray(values, dtype="<f8").tofile(pathlib.Path(directory) / name)
    print(json.dumps({"clock": clock * 1000 / runs, "processor": processor * 1000 / runs}), flush=True)
