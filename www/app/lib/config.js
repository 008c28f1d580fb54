import { Trouble } from "./trouble.js";

/**
 * What the site is published for. Without a fingerprint it serves the trustees, who have not made the keys yet. The
 * record is the box's own where no other address is given, and the registrar is the box where none is named. The card, in
 * base64, is what a voter's page opens the election by, and the manifest, an address of the site, is what it reads; a site
 * that was published without them asks the box. A `preview` is of no election: it shows the manifest's ballots and takes
 * none, and its fingerprint is the manifest's hash. `embed` are the origins whose pages may show the site inside them, and
 * `portal` is the page that does.
 * @typedef {{ preview?: boolean, embed?: string[], portal?: import("../embedded.js").Portal, fingerprint: string | null, card?: string | null, manifest?: string | null, box: string, registrar?: string | null, record?: string | null, accent?: string }} SiteConfig
 */
/** @typedef {SiteConfig & { fingerprint: string }} PinnedConfig */

/**
 * A file of the site that no hash stands for, asked for as the page's head has asked for it already.
 * @param {string} address relative to the site
 * @returns {Promise<Uint8Array>}
 */
export async function siteFile(address) {
  try {
    const response = await fetch(new URL(address, document.baseURI), {
      cache: "no-cache",
      credentials: "same-origin",
    });
    if (!response.ok) throw new Trouble("server", { status: response.status });
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("offline", { detail: String(error) });
  }
}

/**
 * What the municipality pinned when it published the site.
 * @returns {Promise<SiteConfig>}
 */
export async function readConfig() {
  const bytes = await siteFile("election.json");
  /** @type {SiteConfig} */
  let config;
  try {
    config = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Trouble("server", { detail: String(error) });
  }
  if (config.fingerprint !== null && !/^[0-9a-f]{64}$/.test(config.fingerprint))
    throw new Trouble("wrong-election", { detail: "election.json pins no fingerprint" });
  return config;
}
