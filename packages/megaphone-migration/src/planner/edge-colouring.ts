// Edge colouring of bipartite multigraphs with as many colours as the maximum degree (König, 1916), by peeling perfect matchings
// off the regular graph that contains this one (Birkhoff, 1946). Parallel edges are handled together.

/** The colour of each edge, from 0, and how many colours there are. */
export interface EdgeColouring {
  /** The colour of each edge. */
  readonly colours: Uint32Array;
  /** The number of colours, which is the maximum degree. */
  readonly count: number;
}

/**
 * Colours the edges `left[i]` - `right[i]` so that no two at one vertex have the same colour, in as few colours as there can be: the
 * maximum degree. Left and right vertices are different ones, even where their numbers are equal.
 *
 * The graph is filled up with dummy edges until every vertex has the maximum degree. Such a graph has a perfect matching (Hall); the
 * least multiplicity in it, m, says how often it can be taken off, for m colours, and what stays is regular again. Each time at least
 * one bundle of parallel edges is used up, so that with p bundles and n vertices a side there are at most p + 2n matchings, and each
 * bundle used up costs one augmenting path: O(edges + (p + n) (p + n)) at worst. That is independent of the number of colours.
 */
export function colourEdges(left: Uint32Array, right: Uint32Array): EdgeColouring {
  const colours = new Uint32Array(left.length);
  if (left.length === 0) return { colours, count: 0 };
  const rows = numbered(left);
  const columns = numbered(right);
  const bundles = regularBundles(rows.index, columns.index, Math.max(rows.count, columns.count));
  const { order, first, multiplicity, column, start, end, vertices, degree } = bundles;
  const matching = new PerfectMatching(vertices, column, start, end);

  for (let colour = 0; colour < degree; ) {
    matching.complete();
    let times = degree - colour;
    for (let row = 0; row < vertices; row++) {
      const m = multiplicity[matching.bundleOfRow[row] as number] as number;
      if (m < times) times = m;
    }
    for (let row = 0; row < vertices; row++) {
      const bundle = matching.bundleOfRow[row] as number;
      const edge = first[bundle] as number;
      if (edge !== dummy) {
        for (let i = 0; i < times; i++) colours[order[edge + i] as number] = colour + i;
        first[bundle] = edge + times;
      }
      multiplicity[bundle] = (multiplicity[bundle] as number) - times;
      if (multiplicity[bundle] !== 0) continue;
      // Used up: the row's last bundle takes its place.
      matching.free(row);
      const last = (end[row] as number) - 1;
      end[row] = last;
      first[bundle] = first[last] as number;
      multiplicity[bundle] = multiplicity[last] as number;
      column[bundle] = column[last] as number;
    }
    colour += times;
  }
  return { colours, count: degree };
}

const dummy = -1;
const none = -1;

/** Numbers vertices from 0 in the order in which they appear first. */
function numbered(vertices: Uint32Array): { readonly index: Uint32Array; readonly count: number } {
  const numbers = new Map<number, number>();
  const index = new Uint32Array(vertices.length);
  for (let i = 0; i < vertices.length; i++) {
    const vertex = vertices[i] as number;
    let number = numbers.get(vertex);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(vertex, number);
    }
    index[i] = number;
  }
  return { index, count: numbers.size };
}

/** Bundles of parallel edges, by row: those of row r stand from start[r] up to but without end[r]. */
interface Bundles {
  /** The edges, bundle by bundle. */
  readonly order: Uint32Array;
  /** Where in `order` a bundle's edges that have no colour yet begin, or `dummy`. */
  readonly first: Int32Array;
  readonly multiplicity: Uint32Array;
  readonly column: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Vertices a side, and the degree of each of them. */
  readonly vertices: number;
  readonly degree: number;
}

function regularBundles(rows: Uint32Array, columns: Uint32Array, vertices: number): Bundles {
  const order = stableOrder(stableOrder(undefined, columns, vertices), rows, vertices);
  const rowDegree = new Uint32Array(vertices);
  const columnDegree = new Uint32Array(vertices);
  for (let i = 0; i < rows.length; i++) {
    rowDegree[rows[i] as number] = (rowDegree[rows[i] as number] as number) + 1;
    columnDegree[columns[i] as number] = (columnDegree[columns[i] as number] as number) + 1;
  }
  let degree = 0;
  for (let v = 0; v < vertices; v++) degree = Math.max(degree, rowDegree[v] as number, columnDegree[v] as number);

  // Dummy bundles fill up rows and columns side by side; each one fills up a row or a column, so there are fewer than 2 * vertices.
  const room = Math.min(rows.length, vertices * vertices) + 2 * vertices;
  const first = new Int32Array(room);
  const multiplicity = new Uint32Array(room);
  const column = new Uint32Array(room);
  const start = new Uint32Array(vertices);
  const end = new Uint32Array(vertices);
  let edge = 0;
  let bundle = 0;
  let open = 0;
  for (let row = 0; row < vertices; row++) {
    start[row] = bundle;
    const rowEnd = edge + (rowDegree[row] as number);
    while (edge < rowEnd) {
      const to = columns[order[edge] as number] as number;
      first[bundle] = edge;
      column[bundle] = to;
      while (edge < rowEnd && columns[order[edge] as number] === to) edge += 1;
      multiplicity[bundle] = edge - (first[bundle] as number);
      bundle += 1;
    }
    let missing = degree - (rowDegree[row] as number);
    while (missing > 0) {
      const gap = degree - (columnDegree[open] as number);
      if (gap === 0) {
        open += 1;
        continue;
      }
      const filled = Math.min(missing, gap);
      first[bundle] = dummy;
      column[bundle] = open;
      multiplicity[bundle] = filled;
      columnDegree[open] = (columnDegree[open] as number) + filled;
      missing -= filled;
      bundle += 1;
    }
    end[row] = bundle;
  }
  return { order, first, multiplicity, column, start, end, vertices, degree };
}

/** The indices of `keys`, which are below `count`, ascending by key; of equal keys in the order of `before`. */
export function stableOrder(before: Uint32Array | undefined, keys: Uint32Array, count: number): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (let i = 0; i < keys.length; i++) {
    const key = (keys[i] as number) + 1;
    next[key] = (next[key] as number) + 1;
  }
  for (let key = 1; key < next.length; key++) next[key] = (next[key] as number) + (next[key - 1] as number);
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const index = before === undefined ? i : (before[i] as number);
    const key = keys[index] as number;
    const at = next[key] as number;
    order[at] = index;
    next[key] = at + 1;
  }
  return order;
}

/** A perfect matching of rows and columns, mended by augmenting paths when bundles are used up. */
class PerfectMatching {
  /** The bundle that matches each row, or `none`. */
  readonly bundleOfRow: Int32Array;
  private readonly rowOfColumn: Int32Array;
  private readonly column: Uint32Array;
  private readonly start: Uint32Array;
  private readonly end: Uint32Array;
  // Of the search: the rows reached, and per column the search that reached it last, the row and the bundle it was reached by.
  private readonly queue: Uint32Array;
  private readonly reached: Uint32Array;
  private readonly fromRow: Uint32Array;
  private readonly byBundle: Uint32Array;
  private search = 0;

  constructor(vertices: number, column: Uint32Array, start: Uint32Array, end: Uint32Array) {
    this.bundleOfRow = new Int32Array(vertices).fill(none);
    this.rowOfColumn = new Int32Array(vertices).fill(none);
    this.column = column;
    this.start = start;
    this.end = end;
    this.queue = new Uint32Array(vertices);
    this.reached = new Uint32Array(vertices);
    this.fromRow = new Uint32Array(vertices);
    this.byBundle = new Uint32Array(vertices);
  }

  /** Gives up the match of `row`. */
  free(row: number): void {
    this.rowOfColumn[this.column[this.bundleOfRow[row] as number] as number] = none;
    this.bundleOfRow[row] = none;
  }

  /** Matches every row that has no match. In a regular graph there always is an augmenting path. */
  complete(): void {
    for (let row = 0; row < this.bundleOfRow.length; row++) {
      if (this.bundleOfRow[row] === none) this.augment(row);
    }
  }

  private augment(root: number): void {
    const { queue, reached, fromRow, byBundle, column, rowOfColumn } = this;
    const search = ++this.search;
    queue[0] = root;
    let length = 1;
    for (let i = 0; i < length; i++) {
      const row = queue[i] as number;
      const end = this.end[row] as number;
      for (let bundle = this.start[row] as number; bundle < end; bundle++) {
        const to = column[bundle] as number;
        if (reached[to] === search) continue;
        reached[to] = search;
        fromRow[to] = row;
        byBundle[to] = bundle;
        const matched = rowOfColumn[to] as number;
        if (matched === none) {
          this.flip(root, to);
          return;
        }
        queue[length++] = matched;
      }
    }
    throw new Error("a regular bipartite graph without a perfect matching");
  }

  /** Matches along the path that the search took from `root` to the free column `free`. */
  private flip(root: number, free: number): void {
    for (let to = free; ; ) {
      const row = this.fromRow[to] as number;
      const before = this.bundleOfRow[row] as number;
      this.bundleOfRow[row] = this.byBundle[to] as number;
      this.rowOfColumn[to] = row;
      if (row === root) return;
      to = this.column[before] as number;
    }
  }
}
