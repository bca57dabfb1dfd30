// `npm test`: build, static checks, then every vitest project; ends with the line `N passed, N failed`.
// Each static check counts as one test. With `turbo` the result is cached by the task's inputs; tests always run.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { installDebian } from "./debian.mjs";
import { prepare, root, run, say, turbo } from "./workspace.mjs";

const task =
  (...names) =>
  () =>
    turbo(names);
const tool =
  (command, ...args) =>
  async () => {
    const { code, output } = await run(command, args);
    return { ok: code === 0, output };
  };

const checks = [
  { name: "packages and their programs build", run: task("build", "programs") },
  { name: "types check", run: task("typecheck") },
  { name: "format, lint and file cycles", run: task("lint") },
  { name: "dependency versions agree", run: tool("sherif") },
  { name: "no unused files, exports or dependencies", run: tool("knip", "--no-progress", "--no-config-hints") },
  { name: "package exports and their types resolve", run: task("exports") },
  { name: "public names are documented and linked", run: task("docs") },
];

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const runChecks = async (count) => {
  for (const check of checks) {
    const start = performance.now();
    const { ok, output } = await check.run();
    count[ok ? "passed" : "failed"] += 1;
    if (!ok) console.log(output.trimEnd());
    console.log(`${ok ? "ok    " : "FAILED"}  ${check.name} (${seconds(start)})`);
  }
};

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

const runVitest = async (args, count, env) => {
  const file = path.join(root, ".cache", "vitest.json");
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const { code } = await run(
    "vitest",
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args],
    { to: 1, env },
  );
  const report = readReport(file);
  const files = report?.testResults ?? [];
  const failedBefore = count.failed;
  // A file that could not be loaded has no test of its own to fail.
  const unloaded = files.filter((f) => f.status === "failed" && !f.assertionResults.some((a) => a.status === "failed"));
  count.passed += report?.numPassedTests ?? 0;
  count.failed += (report?.numFailedTests ?? 0) + unloaded.length;
  count.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  // An error outside every test, or a run that ended before its report.
  if (code !== 0 && count.failed === failedBefore) count.failed += 1;
};

/** Runs the whole pipeline; arguments go to vitest. Sets the exit code to 1 when anything failed. */
export const test = async (args) => {
  const count = { passed: 0, failed: 0, skipped: 0 };
  await prepare([]);
  const programs = installDebian(say);
  await runChecks(count);
  await runVitest(args, count, programs);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
  console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  process.exitCode = count.failed > 0 ? 1 : 0;
};
