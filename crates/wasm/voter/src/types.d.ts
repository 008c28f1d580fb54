/**
 * The choice in one contest: a number for each option id, whose meaning the rule's type says (1 for chosen, points,
 * place, votes; absent means 0), or a blank vote, which chooses nothing else.
 */
export interface Selection {
  values: { [optionId: string]: number };
  blank?: boolean;
}

/** A sealed ballot, with the code to recognise it by. */
export interface SealedBallot {
  bytes: Uint8Array;
  /** Five groups of four characters, joined by dashes. */
  code: string;
  /** 64 hexadecimal digits. */
  hash: string;
}

/** What the ballot box answers to a cast ballot. */
export interface Receipt {
  index: number;
  leaf: string;
  proof: string[];
  checkpoint: string;
}

/** Where a checked receipt places a ballot, and what that ballot says of itself. */
export interface ReceiptPlace {
  index: number;
  size: number;
  root: string;
  hash: string;
  code: string;
  key: string;
  /** How many ballots of the voter come before it, and the hash of the last of them or zeros. */
  sequence: number;
  previous: string;
}

/** A QR code: the dark squares as an SVG path in a drawing of `side` by `side`, the quiet zone included. */
export interface QrCode {
  side: number;
  path: string;
}

/** Whether a selection may be sealed, and why not. */
export interface Legality {
  legal: boolean;
  reason?: string;
}
