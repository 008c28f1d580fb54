/**
 * Something that went wrong, by a name the site has a plain sentence for. It carries what the sentence needs, and
 * for a box caught lying the evidence.
 */
export class Trouble extends Error {
  /**
   * @param {string} code
   * @param {{ detail?: string, status?: number, data?: Record<string, unknown>, evidence?: unknown }} [more]
   */
  constructor(code, more = {}) {
    super(more.detail ?? code);
    this.name = "Trouble";
    this.code = code;
    this.status = more.status ?? 0;
    this.data = more.data ?? {};
    this.evidence = more.evidence ?? null;
  }
}

/** Troubles after which nothing on this page may go on. */
const FATAL = new Set([
  "wrong-election",
  "box-forked",
  "box-rolled-back",
  "storage",
  "engine",
  "board-false",
  "board-forked",
  "board-rolled-back",
  "checkpoint-wrong",
]);

/**
 * @param {unknown} error
 * @returns {Trouble}
 */
export function asTrouble(error) {
  if (error instanceof Trouble) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Trouble("unknown", { detail });
}

/** @param {Trouble} trouble */
export const isFatal = (trouble) => FATAL.has(trouble.code);

/** Troubles of the way to the ballot box, which may have passed when somebody looks again. */
const UNREACHED = new Set(["offline", "timeout", "server"]);

/** @param {Trouble} trouble */
export const isUnreached = (trouble) => UNREACHED.has(trouble.code);
