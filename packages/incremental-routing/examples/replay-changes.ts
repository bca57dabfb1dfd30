// A network from an edge list under a replayed stream of changes and questions, one JSON object a line; a bad line is skipped.
import { Routing, readTopology, replay } from "@limmat/incremental-routing";

const square = readTopology("square.csv", "from,to,weight\nA,B,1\nB,D,0.2\nA,C,0.6\nC,D,0.6\n");
const lines = `
{"epoch":1,"op":"path","from":"A","to":"D"}
{"epoch":2,"op":"link-weight","link":"B--D","weight":0.3}
{"epoch":2,"op":"path","from":"A","to":"D"}
{"epoch":3,"op":"link-weight","link":"B--D","weight":0.2}
{"epoch":3,"op":"link-down","link":"B--E"}
{"epoch":4,"op":"node-drain","node":"C"}
{"epoch":4,"op":"distance","from":"A","to":"D"}
`;

const routing = await Routing.start(square);
const onBad = (error: Error) => console.log(`skipped ${error.message}`);
for await (const line of replay(routing, lines.split("\n"), { skipBad: true, onBad })) {
  // How long an epoch took differs from run to run.
  console.log(line.replace(/,"ms":.*/, "}"));
}
await routing.close();
