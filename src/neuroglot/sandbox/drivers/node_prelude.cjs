// Read by node before a program.
"use strict";
const { AssertionError } = require("assert");

// A failed console.assert only complains; here it fails, even if what it throws is caught.
// No program can put another in its place.
const assert = (holds, ...message) => {
  if (holds) return;
  process.exitCode = 1;
  throw new AssertionError({ message: message.join(" ") || "console.assert failed" });
};
Object.defineProperty(console, "assert", { value: assert, writable: false, configurable: false });

// Into a pipe node writes when it has time: what is printed last is lost when a program exits.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);
