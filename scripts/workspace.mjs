// Brings a clone to the point where its programs can run: the pinned pnpm, installed dependencies, built packages.
// Plain Node without dependencies, because it runs before there are any. Everything it says goes to stderr.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The repository root. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const cache = path.join(root, ".cache");
const installStamp = path.join(root, "node_modules", ".limmat-installed");

/** One line to the person who waits. */
export const say = (line) => process.stderr.write(`limmat: ${line}\n`);

/** A failure whose message is all there is to show; `exitCode` is what the script ends with. */
export class CommandError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

/** Environment of every tool: the workspace's own binaries first, no telemetry. */
const toolEnvironment = () => ({
  ...process.env,
  PATH: `${path.join(root, "node_modules", ".bin")}${path.delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
  ...(process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: "1" }),
});

/**
 * Runs a tool at the repository root and answers its exit code with what it printed.
 * `onLine` sees each line as it comes; with `to` the tool writes to this process's stdout (1) or stderr (2) instead.
 */
export const run = (command, args, { onLine, to, env } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...toolEnvironment(), ...env },
      stdio: to ? ["ignore", to, 2] : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let partial = "";
    for (const stream of to ? [] : [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
        const lines = (partial + text).split("\n");
        partial = lines.pop();
        if (onLine) lines.forEach(onLine);
      });
    }
    child.on("error", (error) => reject(new CommandError(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => resolve({ code: code ?? 1, signal, output }));
  });

/** The folders of the workspace's members, as paths from the root. */
export const members = () => [
  ...["packages", "apps"].flatMap((group) =>
    readdirSync(path.join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(path.join(root, folder, "package.json"))),
  ),
  "docs",
];

const installKey = () => {
  const hash = createHash("sha256");
  for (const file of [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "package.json",
    ...members().map((m) => `${m}/package.json`),
  ])
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)))
      .update("\0");
  return hash.digest("hex");
};

const isInstalled = (key) => existsSync(installStamp) && readFileSync(installStamp, "utf8") === key;

const install = async () => {
  if (isInstalled(installKey())) return;
  const { packageManager } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  say(`installing dependencies with ${packageManager}`);
  const frozen = process.env.CI ? ["--frozen-lockfile"] : [];
  const { code } = await run("npx", ["--yes", packageManager, "install", ...frozen], { to: 2 });
  if (code !== 0) throw new CommandError(`${packageManager} install failed (exit code ${code})`, code);
  // Hashed again: an install may write the lockfile.
  writeFileSync(installStamp, installKey());
};

/** What the failed tasks printed; all of it when turbo itself failed. */
const failures = (output) => {
  const failed = /^Failed:\s+(.*)$/m.exec(output)?.[1];
  if (failed === undefined) return output;
  const prefixes = failed.split(", ").map((task) => `${task.trim().replace("#", ":")}: `);
  return output
    .split("\n")
    .filter((line) => prefixes.some((prefix) => line.startsWith(prefix)))
    .join("\n");
};

/** Runs turbo tasks, naming on stderr what is really run; answers whether all succeeded, with what the failed ones printed. */
export const turbo = async (tasks, { filter = [] } = {}) => {
  const args = [
    "run",
    ...tasks,
    "--continue=dependencies-successful",
    "--output-logs=new-only",
    "--ui=stream",
    "--no-color",
  ];
  const { code, output } = await run("turbo", [...args, ...filter.map((name) => `--filter=${name}`)], {
    onLine: (line) => {
      const started = /^(\S+): cache (?:miss|bypass), (?:force )?executing/.exec(line);
      if (started) say(started[1].replace(/^\/\/:/, ""));
    },
  });
  return { ok: code === 0, output: code === 0 ? "" : failures(output) };
};

const holderOf = (lock) => {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === "EPERM" ? "another user's" : undefined;
  }
};

/** Runs `work` while no other process of this clone installs or builds. */
const exclusively = async (work) => {
  mkdirSync(cache, { recursive: true });
  const lock = path.join(cache, "limmat.lock");
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = holderOf(lock);
      if (holder === undefined) rmSync(lock, { force: true });
      else if (!waited) say(`waiting for process ${holder}, which is installing or building here`);
      await sleep(100);
    }
  }
  const release = () => rmSync(lock, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
};

/** Installs, then runs the turbo tasks that `filter` selects; throws `CommandError` when one fails. */
export const prepare = (tasks, options) =>
  exclusively(async () => {
    await install();
    if (tasks.length === 0) return;
    const { ok, output } = await turbo(tasks, options);
    if (ok) return;
    process.stderr.write(`${output}\n`);
    throw new CommandError(`${tasks.join(", ")} failed`);
  });
