/**
 * A pass of the desk, as the registrar knows it.
 * @typedef {{ operator: string, kind: "help" | "roll", ends: string | null, roll: RollInForce | null }} DeskPass
 */
/** The roll that is in force; null where anyone registers. @typedef {{ people: number, since: string | null }} RollInForce */
/** A district: a ballot style of the manifest. @typedef {{ id: string, title: import("../../../lib/text.js").Localised | null }} District */
/** What the pages of the people begin with. @typedef {{ address: string | null, pass: DeskPass | null, districts: District[], time_zone?: string | null, closes?: string | null, closes_latest?: string | null, over?: boolean }} People `time_zone` is the vote's, and `closes_latest` the last hour to which it may be put off, where its description is known; `closes` and `over` where the ballot box says when nobody votes any more, and that it is so */
/** A line of the journal. @typedef {{ at: string, what: string, operator: string, reason: string, style: string | null, people: number | null, entry: number | null }} JournalLine */
/**
 * What is known of somebody; never what was voted.
 * @typedef {object} Person
 * @property {boolean} has_roll
 * @property {string | null} style the district on the roll
 * @property {boolean} signed_in
 * @property {{ style: string, active: boolean, struck_off: boolean, voted: boolean } | null} on_board
 * @property {{ state: "none" | "sent" | "delayed" | "not-on-roll", sent: number, last_sent: string | null, last_failed: string | null, spent: boolean }} code
 * @property {{ made: string, expires: string, used: boolean } | null} printed
 * @property {JournalLine[]} journal
 */
/** A mistake of a roll. @typedef {{ row: number | null, column: string | null, cell: string, mistake: string, about: string[], sentence: string }} RollProblem */
/**
 * What a roll holds, what is wrong with it, and what it changes.
 * @typedef {object} RollReport
 * @property {number} rows
 * @property {number} people in how many of them nothing is wrong
 * @property {{ style: string, listed: number, electorate: number }[]} districts
 * @property {number} shared_phones how many numbers several people have
 * @property {string | null} mark_column the column that tells these apart
 * @property {number} mistakes
 * @property {RollProblem[]} problems
 * @property {string[]} other_columns
 * @property {string} delimiter
 * @property {string | null} guessed
 * @property {{ added: number, gone: number, moved: number, kept: number, gone_with_key: number, added_struck_off: number } | null} comparison
 * @property {number} struck
 */

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * Asks how the desk stands with the registrar.
 * @param {Desk} desk
 * @returns {Promise<People>}
 */
export const lookAtPeople = async (desk) => (await desk.get("people")).answer;

/**
 * A moment on the town's clock, as the vote has it; where that is not known, on this device's.
 * @param {import("../../../lib/text.js").Texts} t
 * @param {People} people
 * @param {string} moment
 */
export const momentOf = (t, { time_zone }, moment) =>
  time_zone ? t.hour(moment, time_zone) : t.dateAndTime(moment);

/**
 * The title of a district, or its identifier where the manifest is not known.
 * @param {import("../../../lib/text.js").Texts} t
 * @param {District[]} districts
 * @param {string} id
 */
export function titleOf(t, districts, id) {
  const title = districts.find((district) => district.id === id)?.title;
  return (title && t.localised(title)) || id;
}
