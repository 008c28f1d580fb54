// The town's site, and what its booth asks of a backend (docs/integrating.md): the keeper answers.
import express from "express";
import { Refusal } from "../keeper/veche-keeper.mjs";

const VISIT = 30 * 60; // seconds

export function vote(ask, people, { site, record, route, portal }) {
  const app = express().disable("x-powered-by");
  app.use((_, response, next) => {
    response.set({ "Content-Security-Policy": `frame-ancestors ${portal}`, "Cache-Control": "no-cache" });
    next();
  });
  const asked = (what, fields) => async (request, response) =>
    response.send(await ask(what, fields?.(request)));
  const key = ({ params: { key } }) => ({ key });
  const code = ({ query: { code } }) => ({ code });
  const sizes = ({ query: { from, to } }) => ({ from: Number(from), to: Number(to) });
  app.get("/v1/election", asked("election"));
  app.get("/v1/credentials/:key", asked("credential", key));
  app.get("/v1/ballots", asked("find", code));
  app.get("/v1/consistency", asked("consistency", sizes));
  app.get("/v1/card", async (_, response) => {
    const { card } = await ask("status");
    const why = { code: "not-found", fault: "caller", message: "The trustees have not made the keys yet." };
    if (!card) throw new Refusal(why);
    response.type("bin").send(Buffer.from(card, "base64"));
  });

  const known = async (person) => {
    const why = { code: "sign-in-needed", fault: "voter", message: "Sign in to the portal again." };
    if (!person) throw new Refusal(why);
    const pseudonym = person.pseudonym ?? people.keepPseudonym(person.name, (await ask("voter")).pseudonym);
    const voter = await ask("voter", { pseudonym });
    if (voter.struck_off)
      throw new Refusal({ code: "struck-off", fault: "voter", message: "You were struck off." });
    const { style = person.district, number, key: credential = null } = voter;
    return { pseudonym, style, route, number, credential };
  };
  const signedIn = (request) =>
    known(people.with("token", request.get("authorization")?.slice("Bearer ".length)));
  app.post("/v1/session", express.json(), async ({ body = {} }, response) => {
    const person = people.with("pass", body.pass);
    people.forget("pass", body.pass); // It is good once.
    const voter = await known(person);
    response.send({ ...voter, token: people.give("token", person.name, VISIT), expires_in: VISIT });
  });
  app.get("/v1/voter", async (request, response) => response.send(await signedIn(request)));
  app.put("/v1/credential", express.json(), async (request, response) => {
    const { pseudonym, style: own } = await signedIn(request);
    const { style, number, key, possession, handover } = request.body ?? {};
    // Where the manifest says so, another district's contest may be added to one's own.
    if (String(style).split("+")[0] !== own)
      throw new Refusal({ code: "wrong-style", fault: "voter", message: `Your ballot is that of ${own}.` });
    const registration = { pseudonym, route, style, number, key, possession, ...(handover && { handover }) };
    const { new: fresh, ...place } = await ask("register", registration);
    response.status(fresh ? 201 : 200).send(place);
  });
  app.post("/v1/ballots", express.raw({ limit: "2mb" }), async ({ body = "" }, response) => {
    const { new: fresh, receipt } = await ask("cast", { ballot: body.toString("base64") });
    response.status(fresh ? 201 : 200).send(receipt);
  });

  app.use("/record", express.static(record, { cacheControl: false }));
  app.use(express.static(site, { cacheControl: false }));
  app.use((error, _request, response, _next) => {
    const mistake = { code: error.expose ? "malformed" : "server-fault", message: `${error}` };
    const { code, fault, message, ...facts } = error.refusal ?? mistake;
    const wrong = code === "sign-in-needed" ? 401 : /unknown$|^not-found$/.test(code) ? 404 : 409;
    const status = fault === "server" || code === "server-fault" ? 503 : wrong;
    const problem = { ...facts, type: `urn:veche:${code}`, title: message, status, detail: message };
    response.status(status).type("application/problem+json").send(JSON.stringify(problem));
  });
  return app;
}
