// Checks and compiles many programs in turn, each as a program of its own; the first argument is
// the node_modules folder. stdin: a count, then the sources; stdout: for each a status (1:
// compiled), its messages and its JavaScript. Numbers have four bytes, texts their length in front.
"use strict";
const fs = require("fs");
const path = require("path");
const modules = process.argv[2];
const ts = require(path.join(modules, "typescript"));

const SOURCE = "/p.ts";
const OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2020,
  lib: ["lib.es2020.d.ts"],
  module: ts.ModuleKind.CommonJS,
  moduleDetection: ts.ModuleDetectionKind.Force,
  esModuleInterop: true,
  skipLibCheck: true,
  types: ["node"],
  typeRoots: [path.join(modules, "@types")],
};

const parsed = new Map(); // the libraries, which are the same for all
const files = ts.createCompilerHost(OPTIONS);
const readSource = files.getSourceFile.bind(files);
const below = (name) => name.startsWith(modules + "/");

let text = "";
let written = "";
const host = {
  ...files,
  getCurrentDirectory: () => "/",
  fileExists: (name) => name === SOURCE || (below(name) && files.fileExists(name)),
  readFile: (name) => (name === SOURCE ? text : below(name) ? files.readFile(name) : undefined),
  getSourceFile(name, version) {
    if (name === SOURCE) return ts.createSourceFile(name, text, version, true);
    if (!below(name)) return undefined;
    if (!parsed.has(name)) parsed.set(name, readSource(name, version));
    return parsed.get(name);
  },
  writeFile(name, content) {
    if (name === "/p.js") written = content;
  },
};

function compile(source) {
  text = source;
  written = "";
  try {
    const program = ts.createProgram([SOURCE], OPTIONS, host);
    const found = ts.getPreEmitDiagnostics(program);
    if (found.length > 0) return [0, ts.formatDiagnostics(found, host), ""];
    program.emit();
    return [1, "", written];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested too deeply
    return [0, `the compiler failed: ${error.message}`, ""];
  }
}

function frame(content) {
  const bytes = Buffer.from(content, "utf8");
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function write(bytes) {
  for (let start = 0; start < bytes.length; ) start += fs.writeSync(1, bytes, start);
}

const asked = fs.readFileSync(0);
let at = 4;
for (let left = asked.readInt32BE(0); left > 0; left--) {
  const end = at + 4 + asked.readInt32BE(at);
  const [status, messages, output] = compile(asked.toString("utf8", at + 4, end));
  write(Buffer.concat([number(status), frame(messages), frame(output)]));
  at = end;
}
