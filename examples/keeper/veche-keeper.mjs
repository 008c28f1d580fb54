// `veche keeper` as a child process of a backend in Node.js: docs/keeper.md. It needs nothing else.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What is refused: `code`, whose `fault` it is, a `message` for people, and facts for programs. */
export class Refusal extends Error {
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Starts a keeper. What comes back asks it: `await ask("cast", { ballot })`. */
export function startKeeper(program, data) {
  const waiting = new Map();
  let asked = 0;
  const child = spawn(program, ["keeper", "--data", data], { stdio: ["pipe", "pipe", "inherit"] });
  child.on("error", ({ message }) => console.error(message));
  child.stdin.on("error", () => {}); // A line that it cannot take any more has no answer.
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ok, error } = JSON.parse(line);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Refusal(error));
    else resolve(ok);
  });
  // Whoever runs the portal starts both again. Nothing that was answered is lost; the rest is asked again.
  child.on("close", () => process.exit(1));
  return (what, fields) =>
    new Promise((resolve, reject) => {
      waiting.set((asked += 1), { resolve, reject });
      child.stdin.write(`${JSON.stringify({ ...fields, id: asked, do: what })}\n`);
    });
}
