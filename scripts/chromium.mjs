// Finds Debian's Chromium for the browser tests, and installs it through apt where that is possible.
// The tests read the outcome from LIMMAT_CHROMIUM (a path) or LIMMAT_CHROMIUM_ABSENT (why there is none).
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const program = "/usr/bin/chromium";

/** The variables that tell a test where Chromium is, or else why it is absent; as they are when somebody has set them. */
export const chromiumEnvironment = () => {
  const { LIMMAT_CHROMIUM, LIMMAT_CHROMIUM_ABSENT } = process.env;
  if (LIMMAT_CHROMIUM) return { LIMMAT_CHROMIUM };
  if (LIMMAT_CHROMIUM_ABSENT) return { LIMMAT_CHROMIUM_ABSENT };
  return existsSync(program)
    ? { LIMMAT_CHROMIUM: program }
    : { LIMMAT_CHROMIUM_ABSENT: `${program} does not exist; \`npm test\` installs it with apt when run as root` };
};

/** Installs Chromium unless it is there; answers the same variables, with the reason when it can't. */
export const installChromium = (say) => {
  const found = chromiumEnvironment();
  if (found.LIMMAT_CHROMIUM || process.env.LIMMAT_CHROMIUM_ABSENT) return found;
  if (spawnSync("apt-get", ["--version"]).error) return { LIMMAT_CHROMIUM_ABSENT: `no ${program} and no apt-get here` };
  if (process.getuid?.() !== 0) return { LIMMAT_CHROMIUM_ABSENT: `no ${program}, and installing it needs root` };
  say("installing the Debian package chromium for the browser tests (once)");
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const { status, stderr } = spawnSync("apt-get", args, {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 600_000,
    });
    if (status !== 0)
      return {
        LIMMAT_CHROMIUM_ABSENT: `apt-get ${args[0]} failed: ${stderr.trim().split("\n").at(-1) || "timed out"}`,
      };
  }
  return chromiumEnvironment();
};
