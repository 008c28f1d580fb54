/** What a receipt proves by itself: that the log signed this entry's place among its first `size`. */
export interface ShownReceipt {
  index: number;
  size: number;
  /** The signed checkpoint. */
  note: string;
  /** Of a saved file, which holds the ballot. */
  code?: string;
}

/** What a search has found so far. */
export interface Finding {
  /** Absent for a code that is not there, and while it is still open. */
  standing?: "recorded" | "replaced" | "struck-off" | "false-entry" | "record-older" | "missing" | "forked";
  /** Where the ballot is, or by its receipt should be. */
  index?: number;
  /** Once the ballot was seen on the board. */
  code?: string;
  /** The entry of the later ballot. */
  replacedBy?: number;
  /** Where the registrar ended the voter's key, because the voter came with another device. */
  keyReplaced?: number;
  /** Where the voter's key handed over to another one. */
  handedOver?: number;
  /** Where the registrar struck the voter off, and whether that was for a ballot on paper. */
  struckOff?: number;
  votedOnPaper: boolean;
  /** An entry about this voter that nobody with the right to it has signed. */
  falseEntry?: number;
  /** Other ballots with the same code. */
  sameCode: number[];
  /** Whether the vote is closed in this record. */
  closed: boolean;
  /** Where the organiser has cancelled it. */
  cancelled?: number;
  /** So many entries need not be looked at any more. */
  checkedTo: number;
  size: number;
  /** Whether nothing that follows could change this. */
  settled: boolean;
}

/** Voters of a district who were identified in one way, without those struck off. */
export interface RouteTurnout {
  /** A declared ballot style's id. */
  style: string;
  route: string;
  voters: number;
  /** How many of them have a ballot that counts. */
  ballots: number;
}

/** The turnout at one size of the board. */
export interface TurnoutPoint {
  size: number;
  /** Where a chart places it, in seconds since 1970: never before an earlier point. */
  time: number;
  /** Who says when the board had this size, at least one; `keeper` is this device. */
  seen: { size: number; time: number; by: "organiser" | "trustees" | "witness" | "keeper" }[];
  turnout: RouteTurnout[];
}

/** The turnout at every size of a board that has an hour, and as of its last entry. */
export interface TurnoutByHour {
  entries: number;
  /** Whether it can still change. */
  open: boolean;
  /** Every district of the manifest, in its order. */
  districts: { style: string; electorate: number; voters: number; ballots: number }[];
  turnout: RouteTurnout[];
  points: TurnoutPoint[];
}

/** How far a trustee's board has come: its size, and replaced ballots to be given to `settle` before it goes on. */
export interface Added {
  size: number;
  owed: number[];
}

/** What one trustee has done in the running attempt of the ceremony, and since. */
export interface TrusteeDid {
  /** From 1. */
  number: number;
  committed: boolean;
  dealt: boolean;
  confirmed: boolean;
  rehearsalAgreed: boolean;
  rehearsalDecrypted: boolean;
  agreed: boolean;
  decrypted: boolean;
  /** Dealt a false share or complained without reason, in any attempt. */
  blamed: boolean;
}

/** The board as a trustee sees it. */
export interface TrusteeBoardStatus {
  size: number;
  /** From then on trustees may end the vote in the organiser's place, in seconds since 1970: while it has not ended. */
  abandonedHour?: number;
  course: "founded" | "setup" | "open" | "closed" | "counting" | "published" | "cancelled";
  round: "commit" | "deal" | "confirm" | "failed" | "complete";
  /** Whose shares were false, where the round is `failed`. */
  failed?: number;
  attempt: number;
  threshold: number;
  /** So many trustees agree before any of them decrypts. */
  quorum: number;
  /** Whether a device that has lost its memory may still agree: witnesses see to it that there is one board. */
  recoverable: boolean;
  ballots: number;
  /** Whether the sums of the rehearsal are on the board. */
  rehearsing: boolean;
  fingerprint?: string;
  trustees: TrusteeDid[];
}

/** What a trustee does next. */
export interface TrusteeStep {
  turn: "act" | "wait" | "done" | "refused";
  /** What is to be done, what is waited for, or why nothing is done. */
  what: string;
  of?: "vote" | "rehearsal";
  /** The transcript hash, or the hash of the sums, that a signature would be about: pass it to `act`. */
  shown?: string;
  /** The fingerprint that the election will have. */
  fingerprint?: string;
  who?: number[];
  needed?: number;
  /** The hour that is waited for, in seconds since 1970. */
  until?: number;
}

/** How many voters and ballots there are, before anything is opened. */
export interface TrusteeCounts {
  /** By district and route. */
  turnout: RouteTurnout[];
  /** By what will be published: no styles for the whole contest, several where districts are joined, "" for others. */
  groups: { contest: string; styles: string[]; ballots: number; withheld: boolean }[];
}

/** A message of a trustee. Store `kept` first, then post `bytes`. */
export interface TrusteeMessage {
  bytes: Uint8Array;
  kept: string;
}

/** What verifying a sealed ballot found: what it says of itself, or why it does not hold. */
export type BallotVerdict =
  | {
      valid: true;
      /** 64 hexadecimal digits. */
      hash: string;
      /** What its voter recognises it by. */
      code: string;
      /** The public key that signed it, in hexadecimal. */
      key: string;
      /** A ballot style's id. */
      style: string;
      /** How many ballots of this key come before it, and the hash of the last of them or zeros. */
      sequence: number;
      previous: string;
    }
  | {
      valid: false;
      /** The number of the check that failed, by docs/protocol.md; absent for one that is too large. */
      check?: number;
      /** Why, in English. */
      reason: string;
    };

/** Where `auditRecord` reads a record. */
export interface AuditSource {
  /** Every file there is, by its path in the record; null where they cannot be listed, as behind a web server. */
  list(): Promise<string[] | null>;
  /** A file; null where there is none of this name. */
  fetch(path: string): Promise<Uint8Array | null>;
}

/** Who is told how an audit goes. */
export interface AuditWatch {
  progress(entries: number, total: number, ballots: number): void;
  /** How many things each check was done for so far, by its number from 0. */
  examined(counts: Float64Array): void;
  failed(failure: AuditFailure & { check: number }): void;
  /** The trustees' ceremony came to this election: `verify` of the assistants is asked only after this. */
  election(fingerprint: string, manifest: Manifest): void;
  /** Whether it is time to note what is verified. */
  wantsSnapshot(): boolean;
  /** What a later audit can go on from. */
  snapshot(bytes: Uint8Array, entries: number): void;
  /** The audit goes on from here. */
  resumed(entry: number): void;
  /** The snapshot is of no use: everything is verified. */
  discarded(): void;
}

/** Those who verify signatures and proofs beside an audit, each with `Election.verifyEntries`. */
export interface AuditAssistants {
  /** How many work at the same time. */
  readonly count: number;
  /** What `verifyEntries` says of these entries; null where nobody answers. */
  verify(first: number, leaves: Uint8Array[]): Promise<Uint8Array | null>;
}

/** How a check failed. */
export interface AuditFailure {
  entry?: number | null;
  /** The file of the record, or the contest by its id, where it is about one. */
  file?: string;
  contest?: string;
  /** Who is to blame, in English. */
  culprit: string;
  role: "publisher" | "organiser" | "registrar" | "ballot-box" | "voter" | "sender" | "trustees" | "caller";
  /** From 1, where they are to blame. */
  trustees?: number[];
  /** The pseudonym, where a voter is to blame. */
  voter?: string;
  /** Why, in English. */
  detail: string;
}

/** What no check can judge: its sentence in English, and what is filled in there. Moments are in seconds since 1970. */
export interface AuditNotice {
  code: string;
  text: string;
  count?: number;
  after_ballot?: number;
  dealer?: number;
  complainer?: number;
  attempt?: number;
  time?: number;
  announced?: number;
  closes?: number;
  number?: number;
  entry?: number;
  minimum?: number;
  /** A position in the manifest's styles. */
  style?: number;
  entered?: number;
  voters?: number;
  papers?: number;
  /** The organiser's, by language. */
  words?: Record<string, string>;
}

/** One check in a report. */
export interface AuditCheckReport {
  number: number;
  sentence: string;
  status: "passed" | "failed" | "not-applicable" | "not-reached";
  examined: number;
  failure: AuditFailure | null;
  more_failures: AuditFailure[];
}

/** How often something happened to voters' keys. */
export interface KeyChange {
  count: number;
  after_ballot: number;
}

/** What an audit found: the document that `veche verify --json` prints. */
export interface AuditReport {
  outcome: "verified" | "consistent" | "not-finished" | "cancelled" | "failed" | "unreadable";
  fingerprint: string | null;
  expected: string | null;
  entries: number;
  ballots: number;
  /** How often keys changed and voters were struck off, and how often of these after a ballot of the voter. */
  key_changes: Record<"handovers" | "replaced" | "voted_on_paper" | "not_entitled", KeyChange> | null;
  /** Voters and counted ballots by district and route, by their ids. */
  turnout: RouteTurnout[];
  checks: AuditCheckReport[];
  notices: AuditNotice[];
  contests?: unknown[];
}

/** How far a vote has come, as the end of the board tells. */
export type Stage = "before" | "open" | "counting" | "published" | "cancelled";

/** One option's place in a contest's result. */
export interface PlaceResult {
  /** Its position in the manifest. */
  option: number;
  total: number;
  cost?: number;
  /** Whether it is funded, and why not, where the manifest says how the totals give money. */
  verdict?: "funded" | "too-few-votes" | "excluded" | "too-dear" | "stopped" | "to-be-drawn" | "waiting";
  /** What was left when the money did not pay for it. */
  left?: number;
  /** The position in the manifest of the option whose funding excludes this one. */
  excludedBy?: number;
}

/** The totals of one district in one contest, in the manifest's order of options. */
export interface DistrictResult {
  /** The positions of its declared styles in the manifest: several where small districts are joined. */
  styles: number[];
  /** Whether the voters of other districts are among them, who added the contest. */
  others: boolean;
  ballots: number;
  blank?: number;
  withheld: boolean;
  totals: number[];
}

/** The result of one contest, its options in the order of their totals. */
export interface ContestResult {
  ballots: number;
  electorate: number;
  blank?: number;
  withheld: boolean;
  budget?: number;
  spent?: number;
  places: PlaceResult[];
  /** The first place that the money left did not pay for. */
  shortAt?: number;
  /** The places that the next draw must order. */
  toBeDrawn: number[];
  /** How equal totals are put in order, where the result says who is funded. */
  tieRule?: "cheaper" | "order" | "lot";
  /** The least total of an option that is funded, where the result says who is. */
  minimumVotes?: number;
  /** Places of one total of which some are funded and some are not. */
  ties: number[][];
  districts: DistrictResult[];
}

/** How many people of a district, or of all, took part. */
export interface TurnoutOf {
  /** Absent where the published totals do not tell. */
  ballots?: number;
  electorate: number;
  inhabitants?: number;
  /** Ballots of 10,000 voters. */
  ofElectorate?: number;
  /** Ballots of 10,000 inhabitants. */
  ofInhabitants?: number;
}

/** A published result, contests in manifest order. */
export interface ResultsView {
  contests: ContestResult[];
  /** Whether the totals of all ballots are withheld: there is no result. */
  withheld: boolean;
  turnout: { all: TurnoutOf; districts: TurnoutOf[] };
}
