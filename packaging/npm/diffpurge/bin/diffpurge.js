#!/usr/bin/env node
// Starts the program, which the package of this platform brings, and ends as the program ends. Nothing is downloaded.
"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const platform = `${process.platform}-${process.arch}`;
const name = `@diffpurge/${platform}`;

function fail(message, hint) {
  console.error(`error: ${message}\nhint: ${hint}`);
  process.exit(2);
}

/** Returns where the program is, or ends with a hint. */
function program() {
  if (!(name in require("../package.json").optionalDependencies)) {
    fail(`there is no package of diffpurge for ${platform}`, "cargo install diffpurge");
  }
  const file = process.platform === "win32" ? "diffpurge.exe" : "diffpurge";
  try {
    return path.join(path.dirname(require.resolve(`${name}/package.json`)), "bin", file);
  } catch {
    return fail(`the package ${name} is not installed`, "install again, without --omit=optional or --no-optional");
  }
}

/** Says whether Ctrl-C at a terminal has reached the program too: it reaches the whole group, and a second one would end it at once. */
function terminal() {
  try {
    fs.closeSync(fs.openSync("/dev/tty", "r"));
    return true;
  } catch {
    return process.platform === "win32";
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !terminal()) child.kill(signal);
  });
}
child.on("error", (error) => fail(`${name} cannot be started: ${error.message}`, `npm install --force ${name}`));
child.on("exit", (code, signal) => {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A signal that does not end this process leaves the number that shells show for it.
  process.exitCode = 128 + os.constants.signals[signal];
});
