#!/usr/bin/env node
// The controller's command line: what it prints and returns is decided in controller-command.ts.
import { controllerCommand } from "./controller-command.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await controllerCommand(process.argv.slice(2));
