"""What Schemathesis does not know of Veche: bytes, problem documents, and a ballot that is worth sending."""

import os

import schemathesis

BALLOT = bytes.fromhex(os.environ["VECHE_BALLOT"])
sent = 0


@schemathesis.deserializer("application/octet-stream")
def octets(context, response):
    """Bytes have no form that a schema could be compared with, but that they are a text of bytes."""
    return response.content.decode("latin-1")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every fourth good ballot is one that was sealed: the others are noise, and only one way to be refused."""
    global sent
    if case.method == "POST" and case.path == "/v1/ballots" and is_positive(case):
        sent += 1
        if sent % 4 == 0:
            case.body = BALLOT


@schemathesis.hook
def filter_body(context, body):
    """JSON Schema takes 1.0 for a whole number, and the document says that it is written as 1."""
    return not any(isinstance(value, float) for value in body.values()) if isinstance(body, dict) else True


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.check
def a_problem_is_one_that_is_named(context, response, case):
    """The description of a status names every problem that is answered with it."""
    if response.status_code < 400 or "application/problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    responses = case.operation.definition.raw["responses"]
    described = responses.get(str(response.status_code), {}).get("description", "")
    name = response.json()["type"].removeprefix("urn:veche:")
    if name != "method-not-allowed" and f"`{name}`" not in described:
        raise AssertionError(f"{case.method} {case.path}: {response.status_code} {name} is not named: {described!r}")
