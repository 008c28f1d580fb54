"""A portal with a sign-in of its own that shows the town's booth inside its page. README.md says how to run it."""

import hashlib
import hmac
import os
import secrets
import sqlite3
import sys
from pathlib import Path

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.sessions import SessionMiddleware

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "pass"))
from veche_pass import make_pass  # noqa: E402

BOOTH = os.environ.get("BOOTH", "").rstrip("/")  # https://vote.town.example, which shows itself to this portal
FINGERPRINT = os.environ.get("FINGERPRINT", "")  # the election's, as it was published
ROUTE = os.environ.get("ROUTE", "portal")  # the manifest's route for those who come from here
KEY = Path(os.environ.get("PASS_KEY", HERE / "portal.pem"))
DATABASE = os.environ.get("DATABASE", HERE / "portal.db")


def database() -> sqlite3.Connection:
    connection = sqlite3.connect(DATABASE)
    connection.execute(
        # `subject` is what the registrar hears of a person: random, and never the name.
        "CREATE TABLE IF NOT EXISTS person (name TEXT PRIMARY KEY, salt BLOB, hash BLOB, subject TEXT UNIQUE)"
    )
    return connection


def hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def add_person(name: str, password: str) -> None:
    salt = secrets.token_bytes(16)
    with database() as connection:
        row = (name, salt, hashed(password, salt), secrets.token_hex(16))
        connection.execute("INSERT INTO person VALUES (?, ?, ?, ?)", row)


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SESSION_KEY") or secrets.token_hex(32), same_site="lax")
app.mount("/static", StaticFiles(directory=HERE / "static"))


@app.middleware("http")
async def policy(request: Request, answer):
    response = await answer(request)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src {BOOTH}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def page(body: str) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Our town</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/static/portal.css"><h1>Our town</h1>{body}</html>'
    )


@app.get("/")
def start(request: Request):
    if "subject" not in request.session:
        return page(
            '<form method="post" action="/sign-in"><label>Name <input name="name" required></label>'
            '<label>Password <input name="password" type="password" required></label><button>Sign in</button></form>'
        )
    return page(
        '<script type="module" src="/booth.js"></script><script type="module" src="/static/portal.js"></script>'
        '<p id="said" role="status">You are signed in.</p>'
        # `voter` is a name of this page's own, so that the next person at this device does not vote as this one.
        f'<veche-booth src="{BOOTH}/" fingerprint="{FINGERPRINT}" voter="{request.session["here"]}">'
        f'<a href="{BOOTH}/">Vote</a></veche-booth>'
        '<form method="post" action="/sign-out"><button>Sign out</button></form>'
    )


@app.get("/booth.js")
def booth():
    return FileResponse(HERE.parent.parent / "packages/booth/booth.js", media_type="text/javascript")


@app.post("/sign-in")
def sign_in(request: Request, name: str = Form(), password: str = Form()):
    with database() as connection:
        row = connection.execute("SELECT salt, hash, subject FROM person WHERE name = ?", [name]).fetchone()
    salt, kept, subject = row or (b"", b"", "")
    if not hmac.compare_digest(hashed(password, salt), kept):
        raise HTTPException(403, "The name or the password is another one.")
    request.session.update(subject=subject, here=hashlib.sha256(subject.encode()).hexdigest()[:16])
    return RedirectResponse("/", 303)


@app.post("/sign-out")
def sign_out(request: Request):
    request.session.clear()
    return RedirectResponse("/", 303)


@app.post("/pass")
def new_pass(request: Request):
    """A pass for whoever is signed in. Other sites' pages cannot ask: the cookie is not sent with their posts."""
    if "subject" not in request.session:
        raise HTTPException(401, "Sign in first.")
    made = make_pass(KEY.read_bytes(), FINGERPRINT, request.session["subject"], ROUTE)
    return PlainTextResponse(made, headers={"Cache-Control": "no-store"})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["add", name]:
            add_person(name, input("Password: "))
        case _:
            sys.exit("python app.py add NAME")
