// Programs of other authors that tests compare with; a test that needs one skips, with this reason, where it is absent.
import { spawnSync } from "node:child_process";
import type { TestContext } from "vitest";

/** Skips a test unless a program starts. */
export function needs(context: TestContext, program: string, debianPackage: string): void {
  const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
  if (error) context.skip(`${program} is not installed (Debian package ${debianPackage})`);
}

/** A program's standard output; its failure is the test's. */
export function run(program: string, args: readonly string[], input: Uint8Array | string = ""): Buffer {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 26, timeout: 60_000 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}
