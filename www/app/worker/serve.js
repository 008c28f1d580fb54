/**
 * The worker's end of a page's `Engine`: the page sends `{id, op, args}` and gets `{id, value}` or `{id, error}`.
 */

/** Where the program lies, and its published hash. @typedef {{ wasm: string, integrity: string | null }} Program */
/** @typedef {(options: { module_or_path: Promise<Response> }) => Promise<unknown>} Init  what the glue exports */

/**
 * The bytes of the program, which the browser refuses when they are not what was published.
 * @param {Program} program
 */
export const fetchProgram = ({ wasm, integrity }) =>
  fetch(wasm, { credentials: "same-origin", ...(integrity && { integrity }) });

/**
 * The program on its way: `load` is an operation of every worker, `ready` is waited for by those that need the program.
 * @param {Init} init
 */
export function loader(init) {
  /** @type {Promise<unknown>} */
  let program;
  return {
    ready: () => program,
    /**
     * Begins to load the program while the page asks the box for the election.
     * @param {Program} args
     */
    async load(args) {
      program = init({ module_or_path: fetchProgram(args) });
      // A failure is met when the election is opened.
      program.catch(() => undefined);
    },
  };
}

/**
 * Answers what the page asks for, one operation at a time: each may depend on what the one before it stored.
 * @param {Record<string, (args: any) => Promise<unknown>>} operations
 */
export function serve(operations) {
  let queue = Promise.resolve();
  self.addEventListener("message", (/** @type {MessageEvent} */ { data }) => {
    if (!("op" in data)) return;
    const { id, op, args } = data;
    queue = queue.then(async () => {
      try {
        const operation = /** @type {(args: unknown) => Promise<unknown>} */ (operations[op]);
        self.postMessage({ id, value: await operation(args) });
      } catch (error) {
        const { code, message, fault, number } = /** @type {any} */ (error);
        self.postMessage({
          id,
          error: { code: code ?? "engine", message: message ?? String(error), fault: fault ?? null, number },
        });
      }
    });
  });
}
