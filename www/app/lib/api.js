import { Trouble } from "./trouble.js";

/** How long one request may take before it counts as failed; a phone on a train needs patience, a dead line an end. */
const TIMEOUT_MS = 30_000;
/** After this long the page says that the network is slow. */
const SLOW_MS = 4_000;

/**
 * @typedef {object} RequestOptions
 * @property {URL} [at]             whom to ask: the ballot box, unless said otherwise
 * @property {string} [token]       the voter's session
 * @property {unknown} [json]       a body sent as JSON
 * @property {Uint8Array} [bytes]   a body sent as it is
 * @property {() => void} [onSlow]  called once when the answer takes long
 * @property {AbortSignal} [signal] gives the request up
 * @property {Post} [post]          what asks, in the place of the browser
 */

/** @typedef {(where: URL, request: RequestInit) => Promise<Response>} Post */

/**
 * @typedef {object} ElectionInfo
 * @property {string | null} fingerprint
 * @property {"setup" | "open" | "closed" | "published" | "cancelled"} phase
 * @property {"open" | "roll"} registration
 * @property {string} origin
 * @property {string} checkpoint
 * @property {string} now
 * @property {string} closes
 * @property {{ entry: string, index: number, leaf: string, proof: string[] }[]} statements  what the organiser says to
 *   everybody: entries in base64, each with its signature and the proof that it is on the board under `checkpoint`
 */

/** The HTTP interface of ballot box and registrar: requests out, plain values or a `Trouble` back. */
export class Api {
  /**
   * @param {URL} base  the box's address, ending in a slash
   * @param {URL} [registrar]  where voters sign in, where that is another address
   * @param {Post} [post]  what posts ballots, where that is not this page
   */
  constructor(base, registrar = base, post = undefined) {
    this.base = base;
    this.registrar = registrar;
    this.post = post;
  }

  /** @returns {Promise<ElectionInfo>} */
  election() {
    return this.#json("GET", "v1/election");
  }

  /**
   * What a voter's page opens the election by; null while the trustees have made no keys.
   * @returns {Promise<Uint8Array | null>}
   */
  async card() {
    try {
      const { body } = await this.#request("GET", "v1/card", {});
      return new Uint8Array(body);
    } catch (error) {
      if (error instanceof Trouble && error.code === "not-found") return null;
      throw error;
    }
  }

  /**
   * @param {string} phone  as it is written
   * @param {string} language  of the message
   * @returns {Promise<{ session: string, phone: string, expires_in: number, resend_in: number, delayed: boolean }>}
   */
  signIn(phone, language) {
    return this.#json("POST", "v1/sign-in", { at: this.registrar, json: { phone, language } });
  }

  /**
   * @param {string} session
   * @param {string} code
   * @param {string} [mark] who of several people with the phone it is
   * @returns {Promise<{ token: string, expires_in: number, pseudonym: string, style: string | null,
   *   credential: string | null, route: string, number: number }>}
   */
  signInCode(session, code, mark) {
    return this.#json("POST", "v1/sign-in/code", { at: this.registrar, json: { session, code, mark } });
  }

  /**
   * Signs in with a pass that a portal has signed.
   * @param {string} pass
   * @returns {ReturnType<Api["signInCode"]>}
   */
  session(pass) {
    return this.#json("POST", "v1/session", { at: this.registrar, json: { pass } });
  }

  /**
   * @param {string} token
   * @param {{ style: string, key: string, number: number, possession: string, handover?: string }} credential
   * @returns {Promise<{ index: number, sequence: number, previous: string, number: number }>}
   */
  register(token, credential) {
    return this.#json("PUT", "v1/credential", { at: this.registrar, token, json: credential });
  }

  /**
   * @param {string} key
   * @returns {Promise<{ state: "active" | "revoked" | "struck-off", pseudonym: string, style: string, sequence: number, previous: string }>}
   */
  credential(key) {
    return this.#json("GET", `v1/credentials/${encodeURIComponent(key)}`);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {{ onSlow: () => void, signal: AbortSignal }} course
   * @returns {Promise<import("../../veche-wasm-voter.js").Receipt | null>} null where the ballot is stored and waits to be
   *   put on the board
   */
  cast(bytes, course) {
    return this.#json("POST", "v1/ballots", { bytes, ...course, ...(this.post && { post: this.post }) });
  }

  /**
   * Where the ballot with a confirmation code is.
   * @param {string} code
   * @returns {Promise<{ index: number }>}
   */
  findBallot(code) {
    return this.#json("GET", `v1/ballots?code=${encodeURIComponent(code)}`);
  }

  /**
   * Posts a trustee's message.
   * @param {string} token  the trustee's own
   * @param {Uint8Array} bytes
   * @returns {Promise<{ index: number }>}
   */
  entry(token, bytes) {
    return this.#json("POST", "v1/entries", { token, bytes });
  }

  /**
   * The end of the vote as trustees would sign it now, in the place of an organiser who is gone.
   * @param {string} token  a trustee's
   * @returns {Promise<{ kind: string, time: number, note: string, signed: number[], needed: number }>}
   */
  closing(token) {
    return this.#json("GET", "v1/closing", { token });
  }

  /**
   * @param {string} token  the trustee's own
   * @param {{ time: number, signature: string }} signature
   * @returns {Promise<{ signed: number[], needed: number, index: number | null }>}
   */
  signClosing(token, signature) {
    return this.#json("POST", "v1/closing", { token, json: signature });
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {Promise<{ proof: string[] }>}
   */
  consistency(from, to) {
    return this.#json("GET", `v1/consistency?from=${from}&to=${to}`);
  }

  /**
   * A file of the public record.
   * @param {string} path
   * @returns {Promise<Uint8Array>}
   */
  async record(path) {
    const { body } = await this.#request("GET", `record/${path}`, {});
    return new Uint8Array(body);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {Promise<any>}
   */
  async #json(method, path, options = {}) {
    const { body, status } = await this.#request(method, path, options);
    // Taken, and not dealt with yet.
    if (status === 202) return null;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
      throw new Trouble("server", { status, detail: `${path}: not JSON` });
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {RequestOptions} options
   * @returns {Promise<{ status: number, body: ArrayBuffer }>}
   */
  async #request(method, path, options) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (options.token) headers.authorization = `Bearer ${options.token}`;
    if (options.json !== undefined) headers["content-type"] = "application/json";
    if (options.bytes) headers["content-type"] = "application/octet-stream";
    const abort = new AbortController();
    const end = () => abort.abort();
    const timers = [setTimeout(end, TIMEOUT_MS)];
    options.signal?.addEventListener("abort", end);
    if (options.onSlow) timers.push(setTimeout(options.onSlow, SLOW_MS));
    try {
      const response = await (options.post ?? fetch)(new URL(path, options.at ?? this.base), {
        method,
        headers,
        body:
          options.json === undefined
            ? /** @type {BodyInit | null} */ (options.bytes ?? null)
            : JSON.stringify(options.json),
        signal: abort.signal,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
      const body = await response.arrayBuffer();
      if (!response.ok) throw problem(response, body);
      return { status: response.status, body };
    } catch (error) {
      if (error instanceof Trouble) throw error;
      if (abort.signal.aborted) throw new Trouble("timeout");
      throw new Trouble("offline", { detail: String(error) });
    } finally {
      timers.forEach(clearTimeout);
      options.signal?.removeEventListener("abort", end);
    }
  }
}

/**
 * An RFC 9457 problem as a trouble; what is not one of ours is the server's trouble.
 * @param {Response} response
 * @param {ArrayBuffer} body
 */
function problem(response, body) {
  const status = response.status;
  try {
    const data = JSON.parse(new TextDecoder().decode(body));
    const type = String(data.type ?? "");
    if (type.startsWith("urn:veche:")) {
      return new Trouble(type.slice("urn:veche:".length), {
        status,
        data,
        detail: String(data.detail ?? data.title ?? type),
      });
    }
  } catch {
    // Not a problem document: some proxy or a server in trouble answered.
  }
  return new Trouble(status === 401 ? "sign-in-needed" : "server", { status, detail: `HTTP ${status}` });
}
