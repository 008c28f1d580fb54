import init, { checks } from "../../veche-wasm-observer.js";
import { hearAudit } from "./audit.js";
import { findOperations } from "./find.js";
import { openOperations } from "./opened.js";
import { resultsOperations } from "./results.js";
import { loader, serve } from "./serve.js";
import { trusteeOperations } from "./trustee.js";
import { turnoutOperations } from "./turnout.js";

/** The worker of everyone but voters: whoever reads results, looks a ballot up or verifies a record, and the trustees. */

const { load, ready } = loader(init);

const operations = {
  load,

  /** The numbers of the checks that a record goes through. */
  async checks() {
    await ready();
    return [...checks()];
  },

  ...openOperations(ready),
  ...resultsOperations,
  ...turnoutOperations,
  ...findOperations(ready),
  ...trusteeOperations(ready),
};

/** @typedef {typeof operations} Operations */

serve(operations);
hearAudit();
