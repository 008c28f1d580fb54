// Who the portal's people are, in its own database, and who of them is voting, in memory.
import Database from "better-sqlite3";
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

export function openPeople(file) {
  const database = new Database(file);
  // The pseudonym is the board's name for a person. Only this table links the two.
  database.exec(`CREATE TABLE IF NOT EXISTS person
    (name TEXT PRIMARY KEY, salt BLOB, hash BLOB, district TEXT, pseudonym TEXT UNIQUE)`);
  const find = database.prepare("SELECT * FROM person WHERE name = ?");
  const given = { pass: new Map(), token: new Map() };
  return {
    add(name, password, district) {
      const salt = randomBytes(16);
      const row = [name, salt, scryptSync(password, salt, 32), district];
      database.prepare("INSERT INTO person VALUES (?, ?, ?, ?, NULL)").run(row);
    },
    isRight(name, password) {
      const row = find.get(String(name));
      const hash = scryptSync(String(password), row?.salt ?? "", 32);
      return row !== undefined && timingSafeEqual(hash, row.hash);
    },
    /** A secret that stands for a person for so many seconds: a `pass` or a `token`. */
    give(kind, name, seconds) {
      const secret = randomBytes(32).toString("base64url");
      given[kind].set(secret, name);
      setTimeout(() => given[kind].delete(secret), seconds * 1000).unref();
      return secret;
    },
    with: (kind, secret) => (given[kind].has(secret) ? find.get(given[kind].get(secret)) : undefined),
    forget: (kind, secret) => given[kind].delete(secret),
    keepPseudonym(name, pseudonym) {
      const keep = "UPDATE person SET pseudonym = coalesce(pseudonym, ?) WHERE name = ? RETURNING pseudonym";
      return database.prepare(keep).get(pseudonym, name).pseudonym;
    },
  };
}
