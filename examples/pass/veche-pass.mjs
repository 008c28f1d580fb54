// A pass for one person: docs/sign-in.md. Node.js, nothing else.
import { createPrivateKey, randomUUID, sign } from "node:crypto";

const part = (data) => Buffer.from(data).toString("base64url");

/** `keyPem`: what `openssl genpkey -algorithm ed25519` wrote. `style` only where the person does not choose it. */
export function makePass(keyPem, { election, subject, route, style }) {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const header = { alg: "EdDSA", typ: "veche-pass+jwt" };
  const claims = { aud: election, sub: subject, route, style, exp, jti: randomUUID() };
  const signed = [header, claims].map((value) => part(JSON.stringify(value))).join(".");
  return `${signed}.${part(sign(null, signed, createPrivateKey(keyPem)))}`;
}
