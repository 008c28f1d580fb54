import { Trouble } from "./trouble.js";

/**
 * What the site is published for. Without a fingerprint it serves the trustees, who have not made the keys yet. The
 * record is the box's own where no other address is given, and the registrar is the box where none is named. The card, in
 * base64, is what a voter's page opens the election by; a site that was published without one asks the box for it.
 * @typedef {{ fingerprint: string | null, card?: string | null, box: string, registrar?: string | null, record?: string | null, accent?: string }} SiteConfig
 */
/** @typedef {SiteConfig & { fingerprint: string }} PinnedConfig */

/**
 * What the municipality pinned when it published the site.
 * @returns {Promise<SiteConfig>}
 */
export async function readConfig() {
  /** @type {SiteConfig} */
  let config;
  try {
    const response = await fetch(new URL("election.json", document.baseURI), {
      cache: "no-cache",
      credentials: "same-origin",
    });
    if (!response.ok) throw new Trouble("server", { status: response.status });
    config = await response.json();
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("offline", { detail: String(error) });
  }
  if (config.fingerprint !== null && !/^[0-9a-f]{64}$/.test(config.fingerprint))
    throw new Trouble("wrong-election", { detail: "election.json pins no fingerprint" });
  return config;
}
