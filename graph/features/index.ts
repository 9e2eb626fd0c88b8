import type { FeatureName } from "../../schemas/stages/graph-featurize.js";
import { components } from "./components.js";
import type { FeatureGroup } from "./feature.js";
import { clusteringGroup, core, degree, reciprocity, strength } from "./local.js";
import { neighbors } from "./neighbors.js";
import { betweenness, closeness, reach, reachedBy } from "./paths.js";
import { community, fastrp } from "./community-and-embedding.js";
import { eigenvector, hits, katz, pagerank, personalizedPagerank } from "./rank.js";

/**
 * The features by their name in `features` of `with`: one line per group, in the order of their
 * columns.
 */
export const featureGroups = {
  degree,
  strength,
  reciprocity,
  clustering: clusteringGroup,
  core,
  components,
  pagerank,
  "personalized-pagerank": personalizedPagerank,
  hits,
  katz,
  eigenvector,
  betweenness,
  closeness,
  reach,
  "reached-by": reachedBy,
  community,
  fastrp,
  neighbors,
} satisfies Record<FeatureName, FeatureGroup>;
