import { msg } from "./text.js";

/** @typedef {import("./text.js").Key} Key */
/** @typedef {import("./trouble.js").Trouble} Trouble */

/** @type {Record<string, Key>} What each trouble is called in front of a voter. */
const SENTENCES = {
  offline: msg("trouble.offline"),
  "record-unreachable": msg("trouble.record-unreachable"),
  timeout: msg("trouble.timeout"),
  server: msg("trouble.server"),
  "wrong-code": msg("trouble.wrong-code"),
  "code-expired": msg("trouble.code-expired"),
  "too-many-attempts": msg("trouble.too-many-attempts"),
  "not-open": msg("trouble.not-open"),
  "ballot-invalid": msg("trouble.ballot-invalid"),
  "credential-revoked": msg("trouble.credential-revoked"),
  "number-behind": msg("trouble.number-behind"),
  "struck-off": msg("trouble.struck-off"),
  "credential-unknown": msg("trouble.credential-unknown"),
  "sequence-behind": msg("trouble.sequence-behind"),
  "chain-wrong": msg("trouble.chain-wrong"),
  "too-large": msg("trouble.too-large"),
  "sign-in-needed": msg("trouble.sign-in-needed"),
  "too-many-requests": msg("trouble.too-many-requests"),
  "too-many-keys": msg("trouble.too-many-requests"),
  "too-many-ballots": msg("trouble.too-many-requests"),
  "style-unknown": msg("trouble.wrong-style"),
  "wrong-style": msg("trouble.wrong-style"),
  "style-full": msg("trouble.style-full"),
  busy: msg("trouble.busy"),
  "not-witnessed": msg("trouble.not-witnessed"),
  "box-unreachable": msg("trouble.box-unreachable"),
  "box-wrong": msg("trouble.box-wrong"),
  "too-slow": msg("trouble.timeout"),
  "server-fault": msg("trouble.server"),
  engine: msg("trouble.engine"),
  "unknown-rule": msg("trouble.unknown-rule"),
  "no-randomness": msg("trouble.no-randomness"),
  "record-unreadable": msg("trouble.server"),
  "wrong-election": msg("trouble.wrong-election"),
  "box-forked": msg("trouble.box-forked"),
  "box-rolled-back": msg("trouble.box-rolled-back"),
  "receipt-wrong": msg("trouble.receipt-wrong"),
  storage: msg("trouble.storage"),
  setup: msg("trouble.setup"),
  "file-wrong": msg("trouble.file-wrong"),
  "not-a-receipt": msg("trouble.not-a-receipt"),
  "other-election": msg("trouble.other-election"),
  "trustee-only": msg("trouble.trustee-only"),
  "entry-refused": msg("trouble.entry-refused"),
  "out-of-order": msg("trouble.out-of-order"),
  "other-step": msg("trouble.out-of-order"),
  "words-count": msg("trouble.words-count"),
  "words-unknown": msg("trouble.words-unknown"),
  "words-checksum": msg("trouble.words-checksum"),
  "not-your-words": msg("trouble.not-your-words"),
  "no-such-trustee": msg("trouble.no-such-trustee"),
  "nothing-to-recover": msg("trouble.nothing-to-recover"),
  "cannot-recover-yet": msg("trouble.cannot-recover-yet"),
  impostor: msg("trouble.impostor"),
  "other-board": msg("trouble.other-board"),
  "other-round": msg("trouble.other-round"),
  "other-transcript": msg("trouble.other-transcript"),
  "earlier-attempt": msg("trouble.earlier-attempt"),
  "confirm-not-shown": msg("trouble.confirm-not-shown"),
  "other-tally": msg("trouble.other-tally"),
  "not-to-be-ended": msg("trouble.not-to-be-ended"),
  "not-abandoned": msg("trouble.not-abandoned"),
  "other-end": msg("trouble.other-end"),
  "board-false": msg("trouble.board-false"),
  "board-forked": msg("trouble.board-forked"),
  "board-rolled-back": msg("trouble.board-forked"),
  "checkpoint-wrong": msg("trouble.checkpoint-wrong"),
};

/**
 * The plain sentence for a trouble; for one without a sentence of its own, what the other side said, as text.
 * @param {import("./text.js").Texts} t
 * @param {Trouble} trouble
 */
export function sentence(t, trouble) {
  const key = SENTENCES[trouble.code];
  return key
    ? t(key, { n: Number(trouble.data.n ?? 0), detail: trouble.message })
    : t("trouble.unknown", { detail: trouble.message });
}
