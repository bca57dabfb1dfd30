// Finds the Debian programs that some tests need, and gets the missing ones through apt where that is possible.
// A test reads the outcome from LIMMAT_<NAME> (a path) or LIMMAT_<NAME>_ABSENT (why there is none).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./workspace.mjs";

/**
 * A program and its package. One that needs little but the C library is *unpacked* into the clone's cache: that takes no root, sets up no
 * user and starts no service. Others are installed, as root.
 */
const programs = [
  { variable: "LIMMAT_CHROMIUM", package: "chromium", file: "/usr/bin/chromium", unpacked: false },
  { variable: "LIMMAT_ETCD", package: "etcd-server", file: "/usr/bin/etcd", unpacked: true },
  { variable: "LIMMAT_NATS_SERVER", package: "nats-server", file: "/usr/sbin/nats-server", unpacked: true },
];

const cache = path.join(root, ".cache", "debian");
const absentVariable = ({ variable }) => `${variable}_ABSENT`;
const unpackedTo = (program) => path.join(cache, program.package, program.file);

/** The variable that somebody has set, or that names a program found here; undefined when it is not here. */
const found = (program) => {
  for (const variable of [program.variable, absentVariable(program)])
    if (process.env[variable]) return { [variable]: process.env[variable] };
  const places = program.unpacked ? [program.file, unpackedTo(program)] : [program.file];
  const place = places.find(existsSync);
  return place === undefined ? undefined : { [program.variable]: place };
};

/** The variables that tell the tests where each program is, or else why it is absent. */
export const debianEnvironment = () => {
  const without = (program) => ({
    [absentVariable(program)]:
      `${program.file} does not exist; \`npm test\` gets Debian's ${program.package} with apt where it can`,
  });
  return Object.assign({}, ...programs.map((program) => found(program) ?? without(program)));
};

class AptError extends Error {}

const apt = (args, { program = "apt-get", cwd = root } = {}) => {
  const { error, status, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 600_000,
  });
  if (error?.code === "ENOENT") throw new AptError(`there is no ${program} here`);
  if (status !== 0) {
    const said = stderr.split("\n").findLast((line) => line.startsWith("E:")) ?? stderr.trim().split("\n").at(-1);
    throw new AptError(`${program} ${args[0]} failed: ${said || "timed out"}`);
  }
};

/** apt with lists and cache of its own, so that the machine's stay as they are and no root is needed. */
const ownState = () => {
  const state = path.join(cache, "apt");
  for (const folder of ["lists/partial", "cache/archives/partial"])
    mkdirSync(path.join(state, folder), { recursive: true });
  return ["-o", `Dir::State=${state}`, "-o", `Dir::State::lists=${state}/lists`, "-o", `Dir::Cache=${state}/cache`];
};

const unpack = (program) => {
  const folder = path.join(cache, program.package);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const state = ownState();
  apt(["update", ...state]);
  apt(["download", program.package, ...state], { cwd: part });
  const archive = readdirSync(part).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new AptError(`apt-get download brought no archive of ${program.package}`);
  apt(["-x", archive, "."], { program: "dpkg-deb", cwd: part });
  rmSync(path.join(part, archive));
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
};

const install = (program) => {
  if (process.getuid?.() !== 0) throw new AptError("installing it needs root");
  apt(["update"]);
  apt(["install", "-y", "--no-install-recommends", program.package]);
};

/** Gets every program that is not here; answers the same variables, with the reason for each that stays absent. */
export const installDebian = (say) => {
  const reasons = {};
  for (const program of programs.filter((each) => found(each) === undefined)) {
    say(`getting the Debian package ${program.package} for tests (once)`);
    try {
      if (program.unpacked) unpack(program);
      else install(program);
    } catch (error) {
      if (!(error instanceof AptError)) throw error;
      const reason = `no ${program.file}: ${error.message}`;
      reasons[absentVariable(program)] = reason;
      say(`tests that need ${program.package} will be skipped: ${reason}`);
    }
  }
  return { ...debianEnvironment(), ...reasons };
};
