"""A pass for one person: docs/sign-in.md. Needs the package `cryptography`."""

import base64, json, time, uuid
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def make_pass(key_pem, election, subject, route, style=None):
    """`key_pem`: the bytes that `openssl genpkey -algorithm ed25519` wrote. `style` only where the person
    does not choose it."""
    part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    header = {"alg": "EdDSA", "typ": "veche-pass+jwt"}
    claims = {"aud": election, "sub": subject, "route": route, "exp": int(time.time()) + 60, "jti": str(uuid.uuid4())}
    if style is not None:
        claims["style"] = style
    signed = b".".join(part(json.dumps(value).encode()) for value in (header, claims))
    return (signed + b"." + part(load_pem_private_key(key_pem, None).sign(signed))).decode()
