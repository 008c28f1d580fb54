import { stop, App } from "./app.js";
import { applyAccent } from "./lib/accent.js";
import { Engine } from "./lib/engine.js";
import { LANGUAGE } from "./lib/text.js";
import { asTrouble } from "./lib/trouble.js";
import { Election, readConfig } from "./model/election.js";
import { Frame } from "./parts/frame.js";

/**
 * Shows one of the sentences that index.html holds for the time before the page can speak for itself.
 * @param {"old-browser" | "damaged"} id
 */
function plainly(id) {
  document.getElementById("opening")?.setAttribute("hidden", "");
  document.getElementById(id)?.removeAttribute("hidden");
}

/** Whose page the address asks for: a trustee's, the public's, or a voter's. */
function area() {
  if (/^#trustee(=|&|$)/.test(location.hash)) return "trustee";
  return /^#(results|verify|find)(=|\/|$)/.test(location.hash) ? "public" : "voter";
}

/** Opens the election that this site was published for, or says plainly why not. */
async function open() {
  const root = document.documentElement;
  root.lang = LANGUAGE;
  // early.js did not run, or saw a file that is not what was published.
  if (!("early" in root.dataset) || "damaged" in root.dataset) return plainly("damaged");
  // Both are asked for at once and met below, so that none waits for the other.
  const configured = readConfig();
  configured.catch(() => undefined);
  /** @type {Engine | null} */
  let engine;
  try {
    engine = await Engine.start();
  } catch (error) {
    console.error(error);
    return plainly("damaged");
  }
  if (!engine) return plainly("old-browser");
  root.dataset.started = "";
  const wasm = new URL("veche-wasm_bg.wasm", document.baseURI).href;
  engine.call("load", { wasm, integrity: root.dataset.wasmIntegrity ?? null }).catch(() => undefined);
  const frame = new Frame();
  document.getElementById("opening")?.remove();
  document.body.append(frame);
  frame.opening();
  try {
    const config = await configured;
    applyAccent(config.accent, root);
    const here = area();
    window.addEventListener("hashchange", () => {
      if (area() !== here) location.reload();
    });
    // Voters load nothing of the other areas.
    if (here === "trustee") {
      const { openTrustee } = await import("./trustee.js");
      return await openTrustee(frame, config, engine);
    }
    if (here === "public") {
      const { openPublic } = await import("./public.js");
      return await openPublic(frame, config, engine);
    }
    const election = await Election.open(config, engine);
    await new App(frame, election).start();
  } catch (error) {
    stop(frame, asTrouble(error));
  }
}

void open();
