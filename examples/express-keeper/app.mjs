// A portal whose people sign in with a password, and vote inside its page. README.md says how to run it.
import session from "cookie-session";
import express from "express";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { startKeeper } from "../keeper/veche-keeper.mjs";
import { openPeople } from "./people.mjs";
import { vote } from "./vote.mjs";

const { env, argv } = process;
const PORTAL = env.PORTAL ?? "http://localhost:8000"; // where people sign in
const BOOTH = env.BOOTH ?? "http://localhost:8001"; // where they vote: another origin, so that no script here can look
const here = (path) => new URL(path, import.meta.url).pathname;
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Our town</title>
  <meta name="viewport" content="width=device-width, initial-scale=1"><h1>Our town</h1>${body}</html>`;

function portal(people, fingerprint) {
  const app = express().disable("x-powered-by");
  app.use(
    session({ name: "portal", secret: env.SESSION_KEY ?? randomBytes(32).toString("hex"), sameSite: "lax" }),
  );
  const policy = ["default-src 'none'", "script-src 'self'", "connect-src 'self'"];
  policy.push(`frame-src ${BOOTH}`, "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'");
  app.use((_, response, next) => {
    response.set("Content-Security-Policy", policy.join("; "));
    next();
  });
  app.use("/static", express.static(here("static")));
  app.use("/booth.js", express.static(here("../../packages/booth/booth.js")));
  app.get("/", ({ session: { name } }, response) => {
    if (!name)
      return response.send(
        page(`<form method="post" action="/sign-in"><p><label>Name <input name="name" required></label></p>
          <p><label>Password <input name="password" type="password" required></label></p><button>Sign in</button></form>`),
      );
    // `voter` is a name of this page's own, so that the next person at this device does not vote as this one.
    const voter = createHash("sha256").update(name).digest("hex").slice(0, 16);
    response.send(
      page(`<script type="module" src="/booth.js"></script><script type="module" src="/static/portal.js"></script>
        <p id="said" role="status">You are signed in.</p>
        <veche-booth src="${BOOTH}/" fingerprint="${fingerprint}" voter="${voter}"><a href="${BOOTH}/">Vote</a>
        </veche-booth><form method="post" action="/sign-out"><button>Sign out</button></form>`),
    );
  });
  app.post("/sign-in", express.urlencoded(), (request, response) => {
    const { name, password } = request.body;
    if (!people.isRight(name, password))
      return response.status(403).send("The name or the password is another one.");
    request.session.name = name;
    response.redirect(303, "/");
  });
  app.post("/sign-out", (request, response) => {
    request.session = null;
    response.redirect(303, "/");
  });
  // Other sites' pages cannot ask: the cookie is not sent with their posts.
  app.post("/pass", ({ session: { name } }, response) => {
    response.set("Cache-Control", "no-store").type("text");
    response.status(name ? 200 : 401).send(name ? people.give("pass", name, 60) : "Sign in first.");
  });
  return app;
}

const people = openPeople(env.DATABASE ?? "portal.db");
if (argv[2] === "add" && argv[4]) people.add(argv[3], readFileSync(0, "utf8").trim(), argv[4]);
else {
  const ask = startKeeper(env.VECHE ?? "veche", env.KEEPER ?? "keeper");
  const places = { site: env.SITE ?? "site", record: env.RECORD ?? "record", route: env.ROUTE ?? "portal" };
  // Everybody reads the record as files, which are some seconds behind.
  const publish = () => ask("publish", { to: places.record }).catch(({ message }) => console.error(message));
  publish().then(() => setInterval(publish, 2000));
  vote(ask, people, { ...places, portal: PORTAL }).listen(new URL(BOOTH).port);
  portal(people, (await ask("status")).fingerprint).listen(new URL(PORTAL).port);
}
