#!/usr/bin/env node
// The verifier's command line: reads arguments, and turns what goes wrong into one line and an exit code.
import { verifierCommand } from "./verifier-command.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await verifierCommand(process.argv.slice(2));
