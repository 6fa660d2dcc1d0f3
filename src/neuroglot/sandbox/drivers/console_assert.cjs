// A failed console.assert only complains; here it fails.
"use strict";
const { AssertionError } = require("assert");
console.assert = (holds, ...message) => {
  if (!holds) {
    process.exitCode = 1;
    throw new AssertionError({ message: message.join(" ") || "console.assert", actual: holds, expected: true });
  }
};
