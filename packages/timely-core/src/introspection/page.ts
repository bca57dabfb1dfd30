// A snapshot as a page of HTML that needs nothing else: one drawing a dataflow, and everything about the operator that is pointed at. It
// shows what it was made with, and then what comes from a stream of server-sent events, if it is given the address of one.

import { operatorLines } from "./figures.ts";
import type { Snapshot } from "./snapshot.ts";
import { toSvg } from "./svg.ts";
import { escapeXml, scriptJson } from "./text.ts";

/** How a page is made. */
export interface PageOptions {
  /** What stands at its top. Default "timely dataflow". */
  readonly title?: string;
  /** Where it gets `pageUpdate`s from: the address of a stream of server-sent events. Default: it shows one snapshot. */
  readonly source?: string;
}

/** What a page shows at a time. */
interface PageState {
  readonly workers: string;
  readonly dataflows: readonly { readonly address: string; readonly name: string; readonly svg: string }[];
  /** What is told of each operator, by address. */
  readonly details: Readonly<Record<string, readonly string[]>>;
}

function stateOf(snapshot: Snapshot): PageState {
  const details: Record<string, readonly string[]> = {};
  for (const { operators } of snapshot.dataflows) {
    for (const operator of operators) details[operator.address] = operatorLines(operator);
  }
  return {
    workers: `worker${snapshot.workers.length === 1 ? "" : "s"} ${snapshot.workers.map(({ worker }) => worker).join(", ")} of ${snapshot.peers}`,
    dataflows: snapshot.dataflows.map(({ address, name }) => ({
      address,
      name,
      svg: toSvg(snapshot, { dataflows: [address] }),
    })),
    details,
  };
}

/** The data of one server-sent event for a page: a line of text. */
export function pageUpdate(snapshot: Snapshot): string {
  return scriptJson(stateOf(snapshot));
}

/** The snapshot as a page of HTML. It loads nothing, and connects to `source` alone. */
export function toPage(snapshot: Snapshot, options: PageOptions = {}): string {
  const { title = "timely dataflow", source } = options;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src ${source === undefined ? "'none'" : originOf(source)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeXml(title)}</h1>
<label>dataflow <select id="dataflow"></select></label>
<label><input type="checkbox" id="fit"> whole</label>
<span id="workers"></span>
<span id="state" role="status"></span>
<span class="legend"><span class="heat"></span> idle to busy
<i class="line"></i> pipeline <i class="line exchange"></i> exchange <i class="line broadcast"></i> broadcast</span>
</header>
<main><div id="drawing"></div><aside><h2>operator</h2><pre id="details">point at an operator, or click to keep it</pre></aside></main>
<script type="application/json" id="first">${scriptJson({ state: stateOf(snapshot), source: source ?? null })}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Where a page may connect to: its own origin, or the one that the address names. */
function originOf(source: string): string {
  const { origin } = new URL(source, "http://self.invalid");
  return origin === "http://self.invalid" ? "'self'" : origin;
}

const style = `
:root { color-scheme: light; font: 13px system-ui, sans-serif; color: #1c2733; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; }
header { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; padding: 8px 16px; border-bottom: 1px solid #cbd5e1; background: #f8fafc; }
h1 { font-size: 15px; margin: 0; }
h2 { font-size: 12px; margin: 0 0 8px; color: #475569; }
select { font: inherit; max-width: 22em; }
#state { color: #475569; }
#state.lost { color: #b91c1c; font-weight: 600; }
.legend { margin-left: auto; display: flex; gap: 6px; align-items: center; color: #475569; }
.heat { width: 70px; height: 10px; border-radius: 3px; border: 1px solid #94a3b8; background: linear-gradient(90deg, #f8fafc, #fef0b2, #fbac54, #e25230, #991523); }
.line { width: 22px; border-top: 2px solid #64748b; margin-left: 8px; }
.line.exchange { border-color: #2563eb; }
.line.broadcast { border-color: #a21caf; border-top-style: dashed; }
main { flex: 1; display: flex; min-height: 0; }
#drawing { flex: 1; overflow: auto; }
#drawing svg { display: block; margin: 0 auto; }
#drawing.fit svg { width: 100%; height: 100%; }
aside { width: 330px; overflow: auto; border-left: 1px solid #cbd5e1; padding: 12px 14px; background: #f8fafc; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (max-width: 800px) { main { flex-direction: column; } aside { width: auto; border-left: 0; border-top: 1px solid #cbd5e1; max-height: 35%; } }
`;

/** Runs in the page. All text that comes with a state is set as text; drawings are escaped where they are made. */
const script = `
"use strict";
const byId = (id) => document.getElementById(id);
const { state: first, source } = JSON.parse(byId("first").textContent);
const drawing = byId("drawing"), choice = byId("dataflow"), details = byId("details"), status = byId("state");
const invitation = details.textContent;
let state = first, kept = null, pointed = null;
const addressAt = (target) => target.closest?.(".operator, .scope")?.dataset.address ?? null;
const tell = () => {
  const address = pointed ?? kept;
  details.textContent = (address !== null && state.details[address]?.join("\\n")) || invitation;
};
const draw = () => {
  const chosen = state.dataflows.find(({ address }) => address === choice.value) ?? state.dataflows[0];
  drawing.innerHTML = chosen === undefined ? "" : chosen.svg;
  for (const each of drawing.querySelectorAll("[data-address]")) {
    if (each.dataset.address === kept) each.classList.add("selected");
  }
  tell();
};
const show = (next) => {
  const same = next.dataflows.length === state.dataflows.length && choice.options.length > 0
    && next.dataflows.every(({ address, name }, i) => address === state.dataflows[i].address && name === state.dataflows[i].name);
  state = next;
  byId("workers").textContent = state.workers;
  if (!same) {
    const before = choice.value;
    choice.replaceChildren(...state.dataflows.map(({ address, name }) => new Option(address + " " + name, address)));
    if (state.dataflows.some(({ address }) => address === before)) choice.value = before;
  }
  draw();
};
choice.addEventListener("change", draw);
byId("fit").addEventListener("change", ({ target }) => drawing.classList.toggle("fit", target.checked));
drawing.addEventListener("pointerover", ({ target }) => { pointed = addressAt(target); tell(); });
drawing.addEventListener("pointerleave", () => { pointed = null; tell(); });
drawing.addEventListener("click", ({ target }) => { const at = addressAt(target); kept = at === kept ? null : at; draw(); });
show(first);
if (source !== null) {
  status.textContent = "connecting";
  const events = new EventSource(source);
  events.onmessage = ({ data }) => {
    show(JSON.parse(data));
    status.className = "";
    status.textContent = "live, " + new Date().toLocaleTimeString();
  };
  events.onerror = () => { status.className = "lost"; status.textContent = "no connection, trying again"; };
}
document.documentElement.dataset.drawn = "";
`;
