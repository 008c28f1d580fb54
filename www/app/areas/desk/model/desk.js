import { Trouble } from "../../../lib/trouble.js";

/**
 * How far the vote has come, as `GET /desk/v1/state` says it.
 * @typedef {object} Progress
 * @property {string} folder the folder's name
 * @property {boolean} key whether the organiser's key is made
 * @property {boolean} open whether it is open
 * @property {string | null} public_key in hexadecimal
 * @property {boolean} words_owed whether its words are still to be written down
 * @property {boolean} manifest whether there is a manifest
 * @property {boolean} preview whether a preview was made
 * @property {boolean} frozen whether it is frozen
 * @property {boolean} rehearsed whether the trustees have made the keys and held the rehearsal
 * @property {string | null} ballot_box its address
 * @property {"setup" | "open" | "closed" | "published" | "cancelled" | null} phase how far the vote was when the ballot box was asked last
 * @property {boolean} papers whether the papers of the vote are made
 * @property {string | null} registrar where people sign in, once a pass for them is kept
 * @property {string} shown the folder in addresses of what is shown in tabs of its own
 */

/** Where this tab keeps what it says with every request. It is gone with the tab. */
const SESSION = "veche-desk";

/** The program on this computer that the page belongs to (`veche desk`): requests out, plain values or a `Trouble` back. */
export class Desk {
  /** @type {Progress | null} */
  progress = null;

  /** Whether this tab has come by the link. */
  get known() {
    return sessionStorage.getItem(SESSION) !== null;
  }

  /**
   * Comes in by the link, which opens once.
   * @param {string} token
   */
  async enter(token) {
    const { session } = await this.post("enter", { token });
    sessionStorage.setItem(SESSION, session);
  }

  /** Asks how far the vote has come. */
  async look() {
    this.progress = /** @type {Progress} */ (await this.get("state"));
    return this.progress;
  }

  /** The same, after the ballot box was asked. */
  async lookAtBox() {
    this.progress = /** @type {Progress} */ (await this.post("state"));
    return this.progress;
  }

  /**
   * @param {string} path
   * @returns {Promise<any>}
   */
  get(path) {
    return this.#ask("GET", path, {});
  }

  /**
   * @param {string} path
   * @param {unknown} [form]
   * @returns {Promise<any>}
   */
  post(path, form = {}) {
    return this.#ask("POST", path, {
      body: JSON.stringify(form),
      headers: { "content-type": "application/json" },
    });
  }

  /**
   * Hands over a file.
   * @param {string} path
   * @param {Blob} file
   * @returns {Promise<any>}
   */
  send(path, file) {
    return this.#ask("POST", path, { body: file, headers: { "content-type": "application/octet-stream" } });
  }

  /**
   * Takes a file.
   * @param {string} path
   * @returns {Promise<Uint8Array>}
   */
  async take(path) {
    const response = await this.#fetch("GET", path, {});
    return new Uint8Array(await response.arrayBuffer());
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestInit} request
   */
  async #ask(method, path, request) {
    const response = await this.#fetch(method, path, request);
    try {
      return await response.json();
    } catch (error) {
      throw new Trouble("desk-fault", { status: response.status, detail: String(error) });
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestInit} request
   */
  async #fetch(method, path, request) {
    const session = sessionStorage.getItem(SESSION);
    /** @type {Response} */
    let response;
    try {
      response = await fetch(new URL(`desk/v1/${path}`, document.baseURI), {
        ...request,
        method,
        headers: { ...request.headers, ...(session && { authorization: `Bearer ${session}` }) },
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
    } catch (error) {
      throw new Trouble("desk-closed", { detail: String(error) });
    }
    if (!response.ok) throw await problem(response);
    return response;
  }
}

/**
 * A problem document as a trouble.
 * @param {Response} response
 */
async function problem(response) {
  const data = await response.json().catch(() => ({}));
  const type = String(data.type ?? "");
  const prefix = "urn:veche:";
  if (!type.startsWith(prefix)) return new Trouble("desk-fault", { detail: `HTTP ${response.status}` });
  const detail = String(data.detail ?? data.title ?? type);
  return new Trouble(type.slice(prefix.length), { status: response.status, data, detail });
}
