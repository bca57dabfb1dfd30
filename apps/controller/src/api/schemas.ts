// What goes over HTTP, written down once: queries are read with these schemas, and the OpenAPI document is made of them.
import type { Answer, Group, NodeGroups } from "@limmat/incremental-routing";
import { z } from "zod";

/** The most changes in one epoch. */
export const MAX_CHANGES = 10_000;
/** The most pairs in one request for paths. */
export const MAX_PATHS = 1000;
/** The most bytes of a request's body. */
export const MAX_BODY_BYTES = 4 * 2 ** 20;

const id = z.string().min(1);
const count = z.int().min(0);
const weight = z.number().positive();
const epoch = count.describe("How many epochs had been accepted; the first routes, as built, are epoch 0.");

const absent = z.never().optional();
const both = { weight, forward: absent, backward: absent };
const each = { weight: absent, forward: weight, backward: weight };

/** One change; requests are read by the package's own `parseChange`, which the tests hold this schema against. */
export const changeSchema = z
  .union([
    z.object({ op: z.enum(["link-down", "link-up"]), link: id }),
    z.object({ op: z.literal("link-remove"), link: id }),
    z.object({ op: z.literal("link-weight"), link: id, ...both }),
    z.object({ op: z.literal("link-weight"), link: id, ...each, backward: weight.optional() }),
    z.object({ op: z.literal("link-weight"), link: id, ...each, forward: absent }),
    z.object({ op: z.literal("link-add"), link: id, from: id, to: id, ...both }),
    z.object({ op: z.literal("link-add"), link: id, from: id, to: id, ...each }),
    z.object({ op: z.enum(["node-down", "node-up", "node-drain", "node-undrain"]), node: id }),
    z.object({ op: z.enum(["node-add", "node-remove"]), node: id }),
  ])
  .describe(
    "One change by link or node id. A weight is given for both directions, or `forward` (from the link's `from` to its `to`) " +
      "and `backward`. Repeating a state, such as down when down, is harmless.",
  );

/** The changes of one epoch. */
export const changesSchema = z
  .array(changeSchema)
  .min(1)
  .max(MAX_CHANGES)
  .describe("The changes of one epoch: all of them apply at once, in their order, or none does.");

/** A pair of nodes. */
export const pairSchema = z.object({ from: id.describe("Node id."), to: id.describe("Node id.") });

/** Pairs of nodes. */
export const pairsSchema = z.array(pairSchema).min(1).max(MAX_PATHS);

/** What is known of one pair. */
const pathSchema = z.strictObject({
  from: id,
  to: id,
  distance: z.number().nullable().describe("Sum of the weights along a shortest path; null when unreachable."),
  nextHops: z.array(id).describe("Ids of all equal-cost next hops, sorted by code unit."),
  path: z
    .array(id)
    .nullable()
    .describe("The shortest path with the least node id, then the least link id, at each hop."),
  links: z.array(id).nullable().describe("Ids of the links along `path`."),
  pathCount: z
    .string()
    .regex(/^\d+$/)
    .describe("The exact number of shortest paths, parallel links told apart, as a decimal integer of any size."),
}) satisfies z.ZodType<Omit<Answer, "op">>;

/** One answer with its epoch. */
export const answerSchema = z.strictObject({ epoch, ...pathSchema.shape });

/** Many answers of one epoch. */
export const answersSchema = z.strictObject({
  epoch,
  paths: z.array(pathSchema).describe("In the order of the request; all as of the same epoch."),
});

const groupSchema = z.strictObject({
  number: z.int().min(1).describe("Stable while the group is there, and given again later."),
  links: z.array(id).describe("Ids of the next-hop links."),
  destinations: z.int().min(1).describe("How many destinations use the group."),
}) satisfies z.ZodType<Group>;

/** What an epoch changed in the next-hop groups of one node. */
const nodeGroupsSchema = z.strictObject({
  node: id,
  added: z.array(groupSchema),
  changed: z.array(groupSchema).describe("Groups with other links than before, changed in place."),
  resized: z
    .array(groupSchema.omit({ links: true }))
    .describe("Groups with the same links and another number of destinations."),
  removed: z.array(z.int().min(1)).describe("Numbers of groups that no destination uses any more."),
}) satisfies z.ZodType<NodeGroups>;

/** What one epoch changed. */
export const deltaSchema = z.strictObject({
  epoch,
  time: z.iso.datetime().describe("When the delta was there."),
  changes: count.describe("How many changes came in."),
  pairsChanged: count.describe("Ordered pairs of nodes whose distance differs from the epoch before."),
  nextHopSetsChanged: count.describe(
    "Ordered pairs of nodes whose set of next-hop links differs from the epoch before.",
  ),
  groupsChanged: count.describe("Next-hop groups added, changed or removed, over all nodes."),
  groupsResized: count.describe("Next-hop groups with the same links and another number of destinations."),
  milliseconds: z.number().min(0).describe("From the changes' coming in to their delta's going out."),
  applied: z.array(changeSchema).describe("The changes, in their order."),
  groups: z.array(nodeGroupsSchema).optional().describe("By node id; left out with `groups=false`."),
});

const optionalNumber = z.number().optional();

/** The network in columns: entry i of every column of `nodes` (of `links`) is about the same node (link). */
export const topologySchema = z
  .strictObject({
    epoch,
    name: z.string(),
    nodes: z.strictObject({
      id: z.array(id),
      label: z.array(z.string().nullable()),
      position: z
        .array(
          z
            .strictObject({ latitude: optionalNumber, longitude: optionalNumber, x: optionalNumber, y: optionalNumber })
            .nullable(),
        )
        .describe("Degrees on Earth, or a place in a drawing whose y grows downwards, or null."),
      up: z.array(z.boolean()),
      drained: z.array(z.boolean()).describe("A drained node may be source or destination but carries no transit."),
    }),
    links: z.strictObject({
      id: z.array(id),
      from: z.array(count).describe("Positions in the columns of `nodes`."),
      to: z.array(count).describe("Positions in the columns of `nodes`."),
      forward: z.array(weight).describe("Weight from `from` to `to`."),
      backward: z.array(weight).describe("Weight from `to` to `from`."),
      up: z.array(z.boolean()).describe("The link's own state; a link at a node that is down carries nothing either."),
    }),
  })
  .describe("The network in columns: entry i of every column of `nodes` (of `links`) is about the same node (link).");

/** Whether the controller is well. */
export const healthSchema = z.strictObject({
  status: z.literal("ok"),
  version: z.string(),
  started: z.iso.datetime().describe("Epochs are counted from here."),
  epoch,
  nodes: count,
  links: count,
  workers: z.int().min(1),
});

/** Where an epoch stream stands when it begins. */
export const readySchema = z.strictObject({ epoch, started: z.iso.datetime() });

/** Epochs that a stream left out. */
export const gapSchema = z
  .strictObject({ from: epoch, to: epoch })
  .describe("The deltas of these epochs are not kept any more: read the topology again.");

/** An error, by RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().describe("Names the culprit and the mend."),
  code: z.string().describe("Stable upper-case name of the kind of error, such as UNKNOWN_LINK."),
  index: count.optional().describe("Position in the request's array of what is at fault."),
  field: z.string().optional().describe("The field at fault."),
  id: z.string().optional().describe("The node or link at fault."),
});

/** Whether deltas come with their groups. */
export const groupsQuery = z.object({
  groups: z
    .enum(["true", "false"])
    .default("true")
    .describe("Whether deltas list the groups; in a large network that can be most of their size."),
});

/** Where an epoch stream begins. */
export const eventsQuery = z.object({
  ...groupsQuery.shape,
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe(
      "Begin after this epoch; the header Last-Event-ID, which browsers send when they come back, goes before it.",
    ),
});

/** One change as it goes over HTTP. */
export type ChangeInput = z.input<typeof changeSchema>;
