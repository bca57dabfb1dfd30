// Behind every root script (`npm start`, `npm test`, …): makes a bare clone ready, then runs what was asked for.
// A program runs inside this very process, so that its stdin, stdout, signals and exit code are its own.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "./checks.mjs";
import { CommandError, prepare, root, run, say, turbo } from "./workspace.mjs";

const requireNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new CommandError(`Node 20.19 or newer is needed; this is ${process.versions.node}`);
};

const runProgram = async (file, args) => {
  // npm moves to the root before it runs a script; paths in the arguments mean the folder the person stands in.
  if (process.env.INIT_CWD && existsSync(process.env.INIT_CWD)) process.chdir(process.env.INIT_CWD);
  const program = path.join(root, file);
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
};

const runApp = async (name, args) => {
  await prepare(["build"], { filter: [`@limmat/${name}`] });
  await runProgram(`apps/${name}/dist/main.js`, args);
};

const suites = {
  "timely-core": "timely-core",
  megaphone: "megaphone-migration",
  routing: "incremental-routing",
  hw: "hw-address-model",
};

const bench = async ([suite, ...args]) => {
  const usage = `usage: npm run bench -- SUITE [--json], where SUITE is one of ${Object.keys(suites).join(", ")}`;
  if (suite === undefined || !Object.hasOwn(suites, suite))
    throw new CommandError(suite === undefined ? usage : `there is no suite "${suite}"\n${usage}`, 2);
  const folder = `packages/${suites[suite]}/bench`;
  if (!existsSync(path.join(root, folder, "main.ts")))
    throw new CommandError(`suite "${suite}" has no program: ${folder}/main.ts does not exist`, 2);
  await prepare(["programs"], { filter: [`@limmat/${suites[suite]}`] });
  await runProgram(`${folder}/dist/main.js`, args);
};

const docs = async () => {
  await prepare([]);
  const { ok, output } = await turbo(["docs"]);
  if (!ok) throw new CommandError(`${output}\ndocs failed`);
  say("the API reference is in docs/api");
};

const soak = async (projects) => {
  await prepare(["build", "programs"]);
  const only = projects.flatMap((name) => ["--project", name]);
  const { code } = await run("vitest", ["run", "--mode", "soak", ...only], { to: 1 });
  if (code !== 0) throw new CommandError("soak failed", code);
};

const commands = {
  start: (args) => runApp("controller", ["serve", ...args]),
  controller: (args) => runApp("controller", args),
  verifier: (args) => runApp("verifier", args),
  test,
  bench,
  docs,
  soak,
};

try {
  requireNode();
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || !Object.hasOwn(commands, name))
    throw new CommandError(`usage: node scripts/limmat.mjs ${Object.keys(commands).join("|")} [ARGUMENT…]`, 2);
  await commands[name](args);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}
