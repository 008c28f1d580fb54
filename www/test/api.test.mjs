// The built modules from JavaScript: what their types promise, on a finished record of the test vectors.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = process.env.TRUNK_BUILD_DIST ?? path.join(root, "dist");
/** A built module, and its bytes. */
async function built(name) {
  const glue = await import(pathToFileURL(path.join(dist, `${name}.js`)).href);
  const bytes = readFileSync(path.join(dist, `${name}_bg.wasm`));
  await glue.default({ module_or_path: bytes });
  return { glue, bytes };
}
const voter = await built("veche-wasm-voter");
const observer = await built("veche-wasm-observer");
const { openElection, qrCode } = voter.glue;
const { Finder, readCode } = observer.glue;

const VECTOR = "a_finished_record_is_verified_and_counts_each_voters_last_ballot-1.json";
const vector = JSON.parse(readFileSync(path.join(root, "tests/vectors/records", VECTOR), "utf8"));
const file = (name) => new Uint8Array(Buffer.from(vector.files[name], "base64"));
const manifest = file("manifest.json");
const checkpoint = new TextDecoder().decode(file("checkpoint"));
const size = Number(checkpoint.split("\n")[1]);
const bundle = file(`tile/entries/000.p/${size}`);
const entries = cut(bundle);
const ballots = entries.map((entry, index) => ({ entry, index })).filter(({ entry }) => entry[0] === 4);
const observed = () => observer.glue.openElection(manifest, [bundle], size, vector.expected);
/** What the ballot box hands out, here made by whoever has replayed the ceremony. */
const card = observed().card();
const open = () => openElection(manifest, card, vector.expected);

/** The entries of a bundle: two bytes of length before each. */
function cut(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] * 256 + bytes[at + 1];
    found.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const leaf = (entry) => sha(Uint8Array.of(0), entry);

/** The tree of RFC 6962 section 2.1, and a proof of one leaf in it. */
function tree(leaves, index = -1) {
  if (leaves.length === 1) return { root: leaves[0], proof: [] };
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const left = tree(leaves.slice(0, split), index);
  const right = tree(leaves.slice(split), index - split);
  const proof = index < split ? [...left.proof, right.root] : [...right.proof, left.root];
  return { root: sha(Uint8Array.of(1), left.root, right.root), proof };
}

/** The receipt that the ballot box would give now for an entry. */
function receiptOf({ entry, index }) {
  const { proof } = tree(entries.map(leaf), index);
  return {
    index,
    leaf: leaf(entry).toString("base64"),
    proof: proof.map((hash) => hash.toString("base64")),
    checkpoint,
  };
}

/** Runs something that must throw a VecheError with this code. */
function refused(code, run) {
  assert.throws(run, (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "VecheError");
    assert.equal(error.code, code, error.message);
    assert.ok(["caller", "ballot", "server", "device"].includes(error.fault), error.fault);
    return true;
  });
}

test("the announced election is opened", () => {
  const election = open();
  assert.equal(election.fingerprint(), vector.expected);
  assert.deepEqual(election.manifest(), JSON.parse(new TextDecoder().decode(manifest)));
});

test("no other election is opened", () => {
  const other = (vector.expected.startsWith("0") ? "1" : "0") + vector.expected.slice(1);
  refused("wrong-election", () => openElection(manifest, card, other));
  const touched = manifest.slice();
  touched[touched.indexOf("}".charCodeAt(0))] ^= 1;
  refused("wrong-election", () => openElection(touched, card, vector.expected));
  // White space changes nothing that anyone reads, and still it is another manifest.
  const longer = Uint8Array.of(...manifest, 10);
  refused("wrong-election", () => openElection(longer, card, vector.expected));
  refused("bad-argument", () => openElection(manifest, card, "f3"));
  // A card that says anything else: the last letter of the origin, the transcript, a byte too many or too few.
  const changed = (at) => card.map((byte, index) => (index === at ? byte ^ 1 : byte));
  refused("wrong-election", () => openElection(manifest, changed(card.length - 1), vector.expected));
  refused("wrong-election", () => openElection(manifest, changed(1), vector.expected));
  refused("record-unreadable", () => openElection(manifest, changed(0), vector.expected));
  refused("record-unreadable", () => openElection(manifest, Uint8Array.of(...card, 0), vector.expected));
  refused("record-unreadable", () => openElection(manifest, card.slice(0, -1), vector.expected));
});

test("an observer's module opens no other election either", () => {
  const { openElection } = observer.glue;
  refused("record-unreadable", () => openElection(manifest, [bundle.slice(0, -1)], size, vector.expected));
  refused("record-unreadable", () => openElection(manifest, [bundle], size - 1, vector.expected));
  refused("record-unreadable", () => openElection(manifest, [new Uint8Array()], 0, vector.expected));
  // Where the ceremony would go on in the next bundle, that is asked for.
  refused("more-bundles", () => openElection(manifest, [], size, vector.expected));
  refused("wrong-election", () => openElection(manifest, [bundle], size, "0".repeat(64)));
});

/** A legal selection of each contest of a style, without and with choices. */
function selections(election, style) {
  const { styles, contests } = election.manifest();
  const { contests: ids } = styles.find((one) => one.id === style);
  const pick = (count) =>
    Object.fromEntries(
      ids.map((id) => {
        const { options, rule } = contests.find((one) => one.id === id);
        const chosen = options.slice(0, count(rule));
        return [id, { values: Object.fromEntries(chosen.map((option) => [option.id, 1])) }];
      }),
    );
  return {
    least: pick((rule) => rule.min),
    most: pick((rule) => rule.max),
    beyond: pick((rule) => rule.max + 1),
  };
}

function prepared(election, attempt = 1) {
  const style = election.manifest().styles[0].id;
  const credential = election.newCredential();
  const ballot = election.prepare(credential, style, 0, "0".repeat(64), attempt);
  return { ...selections(election, style), style, credential, ballot };
}

test("a ballot is sealed, and its length says nothing of the choice", () => {
  const election = open();
  const least = prepared(election);
  const most = prepared(election);
  const one = least.ballot.seal(least.least);
  const other = most.ballot.seal(most.most);
  for (const { bytes, code, hash } of [one, other]) {
    assert.ok(bytes instanceof Uint8Array);
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.match(hash, /^[0-9a-f]{64}$/);
  }
  assert.equal(one.bytes.length, other.bytes.length);
  assert.notEqual(one.code, other.code);
});

test("attack_13 a prepared ballot seals once, also when the first selection was refused", () => {
  const election = open();
  const first = prepared(election);
  first.ballot.seal(first.least);
  refused("already-used", () => first.ballot.seal(first.least));
  const second = prepared(election);
  refused("illegal-selection", () => second.ballot.seal(second.beyond));
  refused("already-used", () => second.ballot.seal(second.least));
});

test("a selection that is none is refused", () => {
  const election = open();
  const { contests } = election.manifest();
  const { id, options, rule } = contests[0];
  const first = options[0].id;
  assert.deepEqual(election.check(id, { values: { [first]: 1 } }), { legal: true });
  const beyond = Object.fromEntries(options.slice(0, rule.max + 1).map((option) => [option.id, 1]));
  const verdict = election.check(id, { values: beyond });
  assert.equal(verdict.legal, false);
  assert.equal(typeof verdict.reason, "string");
  const damages = [
    null,
    7,
    "x",
    {},
    { values: null },
    { values: { [first]: "1" } },
    { values: { [first]: 0.5 } },
    { values: { [first]: -1 } },
    { values: { [first]: 2 ** 32 } },
    { values: { [first]: NaN } },
    { values: { nobody: 1 } },
    { values: { constructor: 1 } },
    { values: {}, blank: 1 },
  ];
  for (const damage of damages) refused("bad-argument", () => election.check(id, damage));
  refused("bad-argument", () => election.check("nothing", { values: {} }));
});

test("selections for other contests than the ballot's are refused", () => {
  const election = open();
  for (const spoil of [(all) => ({ ...all, more: { values: {} } }), () => ({}), () => null]) {
    const { ballot, least } = prepared(election);
    refused("bad-argument", () => ballot.seal(spoil(least)));
  }
  const { credential, style } = prepared(election);
  refused("bad-argument", () => election.prepare(credential, "nowhere", 0, "0".repeat(64), 1));
  refused("bad-argument", () => election.prepare(credential, style, 0, "00", 1));
});

test("a key is kept as bytes and taken up again", () => {
  const election = open();
  const credential = election.newCredential();
  const secret = credential.secret();
  assert.ok(secret instanceof Uint8Array);
  const again = election.restoreCredential(secret);
  assert.equal(again.key(), credential.key());
  const { styles, routes } = election.manifest();
  const [style, route] = [styles[0].id, routes[0].id];
  assert.match(again.provePossession(election, "00".repeat(16), style, route, 0), /^[0-9a-f]{128}$/);
  refused("bad-argument", () => again.provePossession(election, "00", style, route, 0));
  refused("bad-argument", () => again.provePossession(election, "00".repeat(16), style, "nowhere", 0));
  refused("bad-argument", () => election.restoreCredential(secret.slice(1)));
  refused("no-key", () => election.restoreCredential(new Uint8Array(32).fill(255)));
});

test("attack_14 a dead random source makes no key and seals nothing", (t) => {
  const election = open();
  const { credential, style } = prepared(election);
  t.mock.method(globalThis.crypto, "getRandomValues", (array) => array.fill(0));
  refused("no-randomness", () => election.newCredential());
  refused("no-randomness", () => election.prepare(credential, style, 0, "0".repeat(64), 2));
  // Undone here: of two mocks of one method the wrong one would stay.
  t.mock.restoreAll();
  t.mock.method(globalThis.crypto, "getRandomValues", () => {
    throw new Error("no entropy");
  });
  refused("no-randomness", () => election.prepare(credential, style, 0, "0".repeat(64), 3));
});

test("a receipt holds for its own ballot at its own place", () => {
  const election = open();
  assert.ok(ballots.length > 1);
  for (const ballot of ballots) {
    const bytes = ballot.entry.slice(1);
    const place = election.checkReceipt(bytes, receiptOf(ballot));
    assert.equal(place.index, ballot.index);
    assert.equal(place.size, size);
    assert.match(place.hash, /^[0-9a-f]{64}$/);
    assert.match(place.key, /^[0-9a-f]{64}$/);
    assert.equal(place.sequence === 0, /^0{64}$/.test(place.previous));
    assert.match(place.code, /^[0-9A-Z-]{24}$/);
  }
  const [ballot, other] = ballots;
  const bytes = ballot.entry.slice(1);
  const receipt = receiptOf(ballot);
  refused("receipt-wrong", () => election.checkReceipt(other.entry.slice(1), receipt));
  const lies = [
    { index: receipt.index + 1 },
    { proof: receipt.proof.slice(1) },
    { proof: [] },
    { leaf: receiptOf(other).leaf },
    { checkpoint: checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`) },
    { checkpoint: "" },
    { more: 1 },
    { index: "1" },
  ];
  for (const lie of lies)
    refused("receipt-wrong", () => election.checkReceipt(bytes, { ...receipt, ...lie }));
  refused("receipt-wrong", () => election.checkReceipt(bytes, null));
});

test("a checkpoint is the box's, and extends the one kept", () => {
  const election = open();
  const root = checkpoint.split("\n")[2];
  assert.deepEqual(election.checkCheckpoint(checkpoint), { size, root });
  assert.equal(root, tree(entries.map(leaf)).root.toString("base64"));
  election.checkConsistency(checkpoint, checkpoint, []);
  refused("checkpoint-wrong", () => election.checkConsistency(checkpoint, checkpoint, [root]));
  refused("checkpoint-wrong", () =>
    election.checkCheckpoint(checkpoint.replace(`\n${size}\n`, `\n${size - 1}\n`)),
  );
  refused("record-unreadable", () => election.checkConsistency(checkpoint, checkpoint, ["x"]));
  refused("record-unreadable", () => election.checkConsistency(checkpoint, checkpoint, [7]));
});

// Five contests on one ballot, each under another rule.
const RULES_VECTOR = "a_record_of_every_rule_is_verified_and_counted-1.json";

/** The election with every rule, from its own record. */
function openRules() {
  const { files, expected } = JSON.parse(
    readFileSync(path.join(root, "tests/vectors/records", RULES_VECTOR), "utf8"),
  );
  const bytes = (name) => new Uint8Array(Buffer.from(files[name], "base64"));
  const count = Number(new TextDecoder().decode(bytes("checkpoint")).split("\n")[1]);
  const bundles = [bytes(`tile/entries/000.p/${count}`)];
  const opened = observer.glue.openElection(bytes("manifest.json"), bundles, count, expected);
  return openElection(bytes("manifest.json"), opened.card(), expected);
}

/** Legal and illegal selections of each rule; what is illegal has the words that say why. */
const RULES = {
  picks: {
    type: "approval",
    legal: [{ bench: 1 }, { bench: 1, lamp: 1 }],
    illegal: [
      [{}, "0 chosen, at least 1 needed"],
      [{ bench: 1, tree: 1, lamp: 1 }, "3 chosen, at most 2 allowed"],
      [{ bench: 2 }, "at most the value 1"],
    ],
  },
  budget: {
    type: "knapsack",
    legal: [{}, { tree: 1, lamp: 1 }],
    illegal: [
      [{ bench: 1, tree: 1, lamp: 1 }, "the chosen options cost 60, the budget is 50"],
      [{ bench: 3 }, "at most the value 1"],
    ],
  },
  points: {
    type: "cumulative",
    legal: [{ bench: 1 }, { bench: 3, lamp: 2 }],
    illegal: [
      [{}, "0 spent, at least 1 needed"],
      [{ bench: 3, tree: 3 }, "6 spent, at most 5 allowed"],
      [{ bench: 4 }, "at most the value 3"],
    ],
  },
  order: {
    type: "ranked",
    legal: [{ lamp: 1 }, { lamp: 2, bench: 1 }],
    illegal: [
      [{ lamp: 1, bench: 1 }, "two options share place 1"],
      [{ lamp: 2 }, "place 1 is empty"],
      [{ lamp: 3 }, "at most the value 2"],
      [{}, "0 chosen, at least 1 needed"],
    ],
  },
  credits: {
    type: "quadratic",
    legal: [{ tree: 1 }, { tree: 3, lamp: 1 }],
    illegal: [
      [{ tree: 3, lamp: 2 }, "13 spent, at most 10 allowed"],
      [{}, "0 spent, at least 1 needed"],
      [{ tree: 4 }, "at most the value 3"],
    ],
  },
};

test("every rule says what is legal, and why another choice is not", () => {
  const election = openRules();
  const { contests } = election.manifest();
  assert.deepEqual(
    contests.map(({ id, rule }) => [id, rule.type]),
    Object.entries(RULES).map(([id, { type }]) => [id, type]),
  );
  for (const { id, rule } of contests) {
    const { legal, illegal } = RULES[id];
    for (const values of legal)
      assert.deepEqual(election.check(id, { values }), { legal: true }, `${id}: ${JSON.stringify(values)}`);
    for (const [values, words] of illegal) {
      const verdict = election.check(id, { values });
      assert.equal(verdict.legal, false, `${id}: ${JSON.stringify(values)}`);
      assert.ok(verdict.reason.includes(words), `${id}: ${verdict.reason}`);
    }
    const blank = election.check(id, { values: {}, blank: true });
    assert.deepEqual(
      blank,
      rule.blank ? { legal: true } : { legal: false, reason: "this contest has no blank ballot" },
    );
    assert.equal(
      election.check(id, { values: legal[1], blank: true }).legal,
      false,
      "a blank vote stands alone",
    );
  }
});

test("every rule is sealed, at one length whatever is chosen", () => {
  const election = openRules();
  const credential = election.newCredential();
  const first = (pick) =>
    Object.fromEntries(Object.entries(RULES).map(([id, rule]) => [id, { values: pick(rule) }]));
  const blank = {
    ...first(({ legal }) => legal[0]),
    order: { values: {}, blank: true },
    credits: { values: {}, blank: true },
  };
  const choices = [first(({ legal }) => legal[0]), first(({ legal }) => legal[1]), blank];
  const prepare = (attempt) => election.prepare(credential, "town", 0, "0".repeat(64), attempt);
  const lengths = choices.map((selections, attempt) => prepare(attempt).seal(selections).bytes.length);
  assert.equal(new Set(lengths).size, 1, String(lengths));
  let attempt = choices.length;
  for (const [
    id,
    {
      illegal: [[values]],
    },
  ] of Object.entries(RULES)) {
    attempt += 1;
    refused("illegal-selection", () => prepare(attempt).seal({ ...choices[0], [id]: { values } }));
  }
});

/** Looks through the record as the page does. */
function find(finder, files = file) {
  finder.open(finder.tiles().map(files));
  for (let paths; (paths = finder.next(2)).length > 0;) finder.add(files(paths[0]));
  return finder.finding();
}

const text = (value) => new TextEncoder().encode(value);

test("a ballot is found by its link and by its code, and a replaced one names the later", () => {
  const [mine, election] = [open(), observed()];
  const standings = ballots.map((ballot) => {
    const link = `https://vote.example/#find=${mine.receiptText(receiptOf(ballot))}`;
    const { index, size: then, note, code } = election.checkShown(text(link));
    assert.deepEqual([index, then, note, code], [ballot.index, size, checkpoint, undefined]);
    const finding = find(Finder.byReceipt(election, checkpoint, text(link)));
    assert.equal(finding.index, ballot.index);
    assert.equal(finding.settled, true);
    assert.match(finding.code, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const from of [undefined, 0, ballot.index]) {
      const byCode = find(Finder.byCode(election, checkpoint, finding.code.toLowerCase(), from));
      assert.deepEqual(byCode, finding);
    }
    return finding;
  });
  const replaced = standings.filter(({ standing }) => standing === "replaced");
  assert.ok(
    replaced.length > 0 && replaced.length < standings.length,
    "the vector has a voter who votes again",
  );
  for (const { replacedBy } of replaced) assert.ok(ballots.some(({ index }) => index === replacedBy));
  assert.ok(standings.every(({ standing }) => ["recorded", "replaced"].includes(standing)));
  const nobody = find(Finder.byCode(election, checkpoint, "0000-0000-0000-0000-0000"));
  assert.deepEqual([nobody.standing, nobody.checkedTo, nobody.settled], [undefined, size, true]);
});

test("a receipt or a record that was changed is refused by name", () => {
  const [mine, election] = [open(), observed()];
  const link = mine.receiptText(receiptOf(ballots[0]));
  const changed = (place) =>
    text(link.slice(0, place) + (link[place] === "A" ? "B" : "A") + link.slice(place + 1));
  refused("not-a-receipt", () => election.checkShown(text(link.slice(1))));
  refused("not-a-receipt", () => election.checkShown(text("{}")));
  refused("other-election", () => election.checkShown(changed(4)));
  refused("file-wrong", () => election.checkShown(changed(40)));
  refused("file-wrong", () => mine.receiptText({ ...receiptOf(ballots[0]), index: 0 }));
  refused("record-unreadable", () =>
    Finder.byReceipt(election, checkpoint.replace(/....\n$/, "AAA=\n"), text(link)),
  );
  const touched = (path) => {
    const bytes = file(path).slice();
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  };
  refused("record-unreadable", () => find(Finder.byReceipt(election, checkpoint, text(link)), touched));
  refused("record-unreadable", () =>
    find(Finder.byReceipt(election, checkpoint, text(link)), (path) =>
      path.includes("entries") ? touched(path) : file(path),
    ),
  );
  refused("bad-argument", () => Finder.byReceipt(election, checkpoint, text(link)).add(bundle));
});

test("codes are read as people type them, and a text becomes a drawing", () => {
  assert.equal(readCode(" oili-2345-6789-abcd-efgh "), "0111-2345-6789-ABCD-EFGH");
  for (const wrong of ["", "0111", "U111-2345-6789-ABCD-EFGH", "0111-2345-6789-ABCD-EFGH0"])
    assert.equal(readCode(wrong), undefined, wrong);
  const { side, path } = qrCode("https://vote.example/#find=AQ");
  assert.equal(side, 25 + 8);
  assert.match(path, /^(M\d+ \d+h\d+v1h-\d+z)+$/);
  refused("bad-argument", () => qrCode("x".repeat(3000)));
});

test("a voter downloads nothing of an audit, of a result, of a ceremony and of a trustee", () => {
  const holds = ({ bytes }, text) => bytes.includes(text);
  // A trustee's words, a name in a file of Pabulib, where in the source the audit may panic, what the shares of a
  // ceremony are hidden with, and what its proofs are called.
  for (const part of ["abandon", "vote_type", "crates/verify/src/audit/", "share-pad", "equality-e"]) {
    assert.ok(holds(observer, part), `${part} is in an observer's module, or this finds nothing`);
    assert.ok(!holds(voter, part), part);
  }
  assert.deepEqual(Object.keys(voter.glue).sort(), [
    "Credential",
    "Election",
    "PreparedBallot",
    "default",
    "initSync",
    "openElection",
    "qrCode",
    "start",
  ]);
});
