/** What every runtime does with the package, against a real ballot box: opens, registers, seals, casts, looks up, verifies. */

/** @param {boolean} holds @param {string} what */
function ensure(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** Whether something is refused as it should be, by a typed error with a sentence. */
async function refused(work, code, fault, core) {
  let error;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  ensure(error instanceof core.VecheError, `${code} is a VecheError: ${error?.stack ?? error}`);
  ensure(
    error.code === code && error.fault === fault,
    `${code}/${fault}: ${error.code}/${error.fault} ${error.message}`,
  );
  ensure(
    /^.{20,}[.?]$/s.test(error.message) && !/null pointer|undefined/.test(error.message),
    `a sentence: ${error.message}`,
  );
}

/** A legal choice in every contest of a style. */
export function choices(manifest, style) {
  const { contests } = manifest.styles.find(({ id }) => id === style);
  return Object.fromEntries(
    contests.map((id) => {
      const { rule, options } = manifest.contests.find((contest) => contest.id === id);
      if (rule.blank) return [id, { values: {}, blank: true }];
      return [id, { values: { [options[0].id]: 1 } }];
    }),
  );
}

async function ask(box, path, options) {
  const response = await fetch(new URL(path, box), options);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

export const cast = (box, { bytes }) =>
  ask(box, "v1/ballots", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
  });

/** The key of a voter who has signed in is registered. */
export async function register(box, signedIn, voter) {
  const { token, pseudonym, route, number } = signedIn;
  const possession = await voter.provePossession({ pseudonym, route, number });
  const { sequence, previous } = await ask(box, "v1/credential", {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ style: voter.style, key: voter.key, number, possession }),
  });
  await voter.moveTo({ sequence, previous });
}

/** A whole vote on the thread it is called on; gives the ballot and what follows from it. */
export async function vote(core, { box, fingerprint, style, voter: signedIn }, storage) {
  const record = `${box}record/`;
  const options = { record, fingerprint };
  await refused(() => core.openElection(options), "not-initialised", "caller", core);
  await core.initialise();
  await core.initialise();
  await refused(() => core.openElection({ record, fingerprint: "ab" }), "bad-argument", "caller", core);
  await refused(
    () => core.openElection({ record, fingerprint: "0".repeat(64) }),
    "wrong-election",
    "server",
    core,
  );
  await refused(
    () => core.openElection({ ...options, record: `${box}nothing/` }),
    "record-unreachable",
    "server",
    core,
  );
  const election = await core.openElection(options);
  ensure(election.fingerprint === fingerprint && election.checkpoint.size > 0, "the election is open");

  const open = (more) => election.openVoter({ name: signedIn.pseudonym, style, storage, ...more });
  const zeros = "0".repeat(64);
  for (const place of [
    { sequence: -1, previous: "1".repeat(64) },
    { sequence: 1.5, previous: "1".repeat(64) },
    { sequence: 2 ** 32, previous: "1".repeat(64) },
    { sequence: 0, previous: "1".repeat(64) },
    { sequence: 1, previous: zeros },
    { sequence: 0 },
  ])
    await refused(() => open({ place }), "bad-argument", "caller", core);
  await refused(() => open({ style: "nowhere" }), "bad-argument", "caller", core);
  await refused(() => election.check(), "bad-argument", "caller", core);

  const voter = await open();
  await register(box, signedIn, voter);
  const selections = choices(election.manifest, style);
  await refused(() => voter.seal({}), "bad-argument", "caller", core);
  await voter.prepare();
  const ballot = await voter.seal(selections);
  ensure(ballot.bytes instanceof Uint8Array && ballot.sequence === 0, "a ballot is sealed");
  const receipt = await cast(box, ballot);
  await refused(
    () =>
      voter.checkReceipt(
        ballot.bytes.map((byte, at) => byte ^ (at === 100 ? 1 : 0)),
        receipt,
      ),
    "receipt-wrong",
    "server",
    core,
  );
  const placed = await voter.checkReceipt(ballot.bytes, receipt);
  ensure(
    placed.code === ballot.code && voter.place.sequence === 1 && voter.place.previous === ballot.hash,
    "the voter moves on",
  );
  ensure(
    (await open()).key === voter.key && (await open()).place.sequence === 1,
    "the storage has kept the voter",
  );
  const text = await election.receiptText(receipt);
  ensure(
    (await election.lookUp({ receipt: text })).standing === "recorded",
    "the ballot is found by its receipt",
  );
  ensure((await election.lookUp({ code: ballot.code })).index === placed.index, "and by its code");
  await refused(() => election.lookUp({ receipt: "nothing" }), "not-a-receipt", "caller", core);

  election.close();
  await refused(() => election.check("x", { values: {} }), "closed", "caller", core);
  await refused(() => voter.seal(selections), "closed", "caller", core);
  await refused(() => election.checkReceipt(ballot.bytes, receipt), "closed", "caller", core);
  return { bytes: Array.from(ballot.bytes), hash: ballot.hash, key: voter.key, text };
}

/** The same voter votes again, off the page's thread. */
export async function voteInWorker(
  core,
  { startWorker },
  { box, fingerprint, style, voter: signedIn },
  before,
) {
  const thread = await startWorker();
  const options = { record: `${box}record/`, fingerprint };
  await refused(
    () => thread.openElection({ ...options, fingerprint: "0".repeat(64) }),
    "wrong-election",
    "server",
    core,
  );
  const election = await thread.openElection(options);
  const voter = await election.openVoter({ name: signedIn.pseudonym, style });
  ensure(voter.key === before.key && voter.place.previous === before.hash, "the worker finds the same voter");
  await refused(() => voter.moveTo({ sequence: -1, previous: before.hash }), "bad-argument", "caller", core);
  const ballot = await voter.seal(choices(election.manifest, style));
  ensure(ballot.sequence === 1 && ballot.previous === before.hash, "the second ballot follows the first");
  await voter.checkReceipt(ballot.bytes, await cast(box, ballot));
  ensure(
    (await election.lookUp({ receipt: before.text })).standing === "replaced",
    "the first ballot was replaced",
  );
  await refused(
    () => thread.openVerifier({ ...options, fingerprint: "0".repeat(64) }),
    "wrong-election",
    "server",
    core,
  );
  const verifier = await thread.openVerifier(options);
  ensure(
    verifier.fingerprint === fingerprint && verifier.manifest.contests.length > 0,
    "ballots are verified in the worker",
  );
  await verifyBallots(verifier, before, core);
  let progress = 0;
  const report = await thread.verifyRecord({ ...options, onProgress: ({ entries }) => (progress = entries) });
  ensure(
    report.outcome === "consistent" || report.outcome === "not-finished",
    `the record verifies: ${report.outcome}`,
  );
  ensure(progress > 0, "progress is told");
  thread.close();
  await refused(() => election.check("x", { values: {} }), "closed", "caller", core);
  return report.outcome;
}

/** The first ballot, and others that are none, by whoever verifies ballots of this election. */
async function verifyBallots(election, ballot, core) {
  const good = Uint8Array.from(ballot.bytes);
  const bad = good.map((byte, at) => byte ^ (at === good.length - 40 ? 1 : 0));
  const facts = await election.verifyBallot(good);
  ensure(
    facts.valid && facts.hash === ballot.hash && facts.key === ballot.key && facts.sequence === 0,
    "the ballot holds",
  );
  await refused(() => election.verifyBallot(bad), "ballot-invalid", "ballot", core);
  await refused(() => election.verifyBallot("text"), "bad-argument", "caller", core);
  const verdicts = await election.verifyBallots([good, bad, new Uint8Array(3), good]);
  ensure(
    String(verdicts.map(({ valid }) => valid)) === "true,false,false,true",
    "a batch has an answer for each",
  );
  await election.close();
  await refused(() => election.verifyBallot(good), "closed", "caller", core);
}

/** Ballots and record, verified without a secret. */
export async function verify(server, { box, fingerprint }, ballot) {
  const options = { record: `${box}record/`, fingerprint };
  await refused(() => server.openElection(options), "not-initialised", "caller", server);
  await server.initialise();
  const election = await server.openElection(options);
  await verifyBallots(election, ballot, server);
  const report = await server.verifyRecord(options);
  ensure(
    report.outcome === "consistent" || report.outcome === "not-finished",
    `the record verifies: ${report.outcome}`,
  );
  const changed = { file: async (path) => tampered(await await fetch(new URL(path, options.record)), path) };
  const bent = await server.verifyRecord({ record: changed, fingerprint });
  ensure(bent.outcome === "failed", `a changed record fails: ${bent.outcome}`);
  return report.outcome;
}

/** The last bundle with one bit changed. */
async function tampered(response, path) {
  if (!response.ok) return null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (path.startsWith("tile/entries/")) bytes[bytes.length - 1] ^= 1;
  return bytes;
}
