import init, * as glue from "./veche-observer.js";

/** @type {Promise<typeof glue> | null} */
let started = null;

/**
 * The observer's module, started when it is first needed.
 * @param {() => Promise<WebAssembly.Module>} module
 */
export function observerProgram(module) {
  started ??= (async () => {
    await init({ module_or_path: await module() });
    return glue;
  })();
  const starting = started;
  // What did not load is asked for again next time.
  starting.catch(() => (started = started === starting ? null : started));
  return starting;
}
