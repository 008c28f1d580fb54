/** A text in one or more languages, by language tag. */
export type Localised = { [language: string]: string };

/**
 * Choosing from a list: at least `min`, at most `max`, a blank vote where `blank` is true.
 * In a selection, 1 for each chosen option.
 */
export interface ApprovalRule {
  type: "approval";
  min: number;
  max: number;
  blank: boolean;
}

/**
 * Spending a budget: options whose costs together are at most `budget`, at least `min` and, where it is given, at most
 * `max` of them. In a selection, 1 for each chosen option.
 */
export interface KnapsackRule {
  type: "knapsack";
  budget: number;
  min: number;
  max?: number | undefined;
  blank: boolean;
}

/**
 * Giving points: `min_points` to `points` in all, at most `max_per_option` to one option. In a selection, the points of
 * each option.
 */
export interface CumulativeRule {
  type: "cumulative";
  points: number;
  min_points: number;
  max_per_option: number;
  blank: boolean;
}

/**
 * Putting options in order: at least `min` and at most `places` of them, without gaps. In a selection, the place of each
 * ranked option, from 1; the place p counts `scores[p - 1]`.
 */
export interface RankedRule {
  type: "ranked";
  places: number;
  min: number;
  scores: number[];
  blank: boolean;
}

/**
 * Buying votes with credits: v votes for one option cost v² of them; `min_credits` to `credits` are spent. In a
 * selection, the votes for each option.
 */
export interface QuadraticRule {
  type: "quadratic";
  credits: number;
  min_credits: number;
  blank: boolean;
}

/** What makes a selection of a contest legal. */
export type Rule = ApprovalRule | KnapsackRule | CumulativeRule | RankedRule | QuadraticRule;

/** What a contest's totals decide. */
export type Funding =
  | { method: "none" }
  | {
      method: "greedy";
      /** What an option does that the money left does not pay for. */
      unaffordable: "skip" | "stop";
      /** The least total of an option that is funded. */
      minimum_votes: number;
      /** Which of several options with one total comes first. */
      ties: "cheaper" | "order" | "lot";
      /** Lists of ids of options of which one at most is funded. */
      exclusive: string[][];
    };

/** One option of a contest. */
export interface ContestOption {
  id: string;
  name: Localised;
  text?: Localised | undefined;
  cost?: number | undefined;
  /** Relative to the site's root. */
  picture?: string | undefined;
  place?: string | undefined;
  /** What people call it by. */
  number?: string | undefined;
  category?: Localised | undefined;
  /** `latitude,longitude` in degrees. */
  coordinates?: string | undefined;
}

/** One question of the election. */
export interface Contest {
  id: string;
  title: Localised;
  text?: Localised;
  budget?: number;
  currency?: string;
  report_by: "contest" | "contest-and-style";
  rule: Rule;
  funding: Funding;
  options: ContestOption[];
}

/**
 * What the manifest declares for the voters of a district. They may add one contest of `plus_one_of`; the ballot style's
 * id is then `<style>+<contest>`, and the added contest comes last on the ballot.
 */
export interface DeclaredStyle {
  id: string;
  title: Localised;
  contests: string[];
  plus_one_of?: string[];
  electorate: number;
  /** How many people live there, voters or not. */
  inhabitants?: number;
}

/** A way in which people are identified. */
export interface Route {
  id: string;
  title: Localised;
  /** Whether its ballots are typed from paper. */
  entered: boolean;
}

/** The election as published. */
export interface Manifest {
  veche: 1;
  phase: "election" | "rehearsal";
  languages: string[];
  title: Localised;
  text?: Localised;
  opens: string;
  closes: string;
  /** The latest hour to which closing may be put off. */
  closes_latest?: string;
  /** Until when ballots on paper are typed in. */
  paper_until?: string;
  /** The IANA name of the zone in whose time people are told the hours. */
  time_zone: string;
  /** Whether the organiser may close the vote before the announced hour. */
  early_close: boolean;
  contests: Contest[];
  styles: DeclaredStyle[];
  routes: Route[];
  trustees: { count: number; threshold: number };
  minimum_group: number;
  revote: boolean;
  registration: "roll" | "open";
  notice?: Localised;
  endpoints?: { box?: string };
  witnesses?: { needed: number; keys: string[] };
  /** 30 when left out. */
  check_minutes?: number;
  /** Two capital letters. */
  country?: string;
  shuffle?: boolean;
  help?: Localised;
  contact?: Localised;
  privacy?: Localised;
  accessibility?: Localised;
  /** How to vote without this page. */
  otherwise?: Localised;
  /** Has `{code}` once. */
  sms?: Localised;
}

/** What the organiser says to everybody, on the organiser's own signature. */
export interface OrganiserStatement {
  kind: "notice" | "cancellation" | "extension";
  /** How many are before it. Notices and cancellations have one numbering. */
  number: number;
  /** When, in seconds since 1970, as the organiser says. */
  time: number;
  /** When voting closes, in seconds since 1970: of an extension. */
  closes?: number;
  /** The words: of the others. Plain text. */
  text?: Localised;
}

/** A checked checkpoint. */
export interface Checkpoint {
  size: number;
  root: string;
}

/** What every function of this module throws. */
export interface VecheError extends Error {
  name: "VecheError";
  /** A short name to act on, such as `wrong-election` or `already-used`. */
  code: string;
  /** Whose fault it is. */
  fault: "caller" | "ballot" | "server" | "device";
  /** The place of a word or the number of words, where the message is about one. */
  number?: number;
}
