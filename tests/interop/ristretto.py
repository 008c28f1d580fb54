"""ristretto255 (RFC 9496) and sums of multiples of points.

A point is a tuple (X, Y, Z, T) of extended twisted Edwards coordinates with x = X/Z, y = Y/Z and x*y = T/Z.
Nothing here runs in constant time: a verifier has no secrets.
"""

import functools

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = (-121665 * pow(121666, P - 2, P)) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

IDENTITY = (0, 1, 1, 0)
IDENTITY_BYTES = bytes(32)


def _sqrt_ratio_m1(u, v):
    """RFC 9496, section 4.2: (was_square, the non-negative root of u/v or of SQRT_M1*u/v)."""
    v3 = v * v * v % P
    r = u * v3 * pow(u * v3 * v3 % P * v % P, (P - 5) // 8, P) % P
    check = v * r * r % P
    u %= P
    minus_u = P - u if u else 0
    correct = check == u
    flipped = check == minus_u
    flipped_i = check == minus_u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    if r & 1:
        r = P - r
    return correct or flipped, r


A_MINUS_D = (-1 - D) % P
INVSQRT_A_MINUS_D = _sqrt_ratio_m1(1, A_MINUS_D)[1]
SQRT_AD_MINUS_ONE = _sqrt_ratio_m1((-D - 1) % P, 1)[1]
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) * (D - 1) % P
# RFC 9496 lists this root as 2506...5235, which is the odd one of the two.
if SQRT_AD_MINUS_ONE & 1 == 0:
    SQRT_AD_MINUS_ONE = P - SQRT_AD_MINUS_ONE


@functools.lru_cache(maxsize=1 << 16)
def decode(data, identity_allowed=False):
    """The point of a canonical encoding, or None. The identity only where the caller allows it."""
    if len(data) != 32:
        return None
    s = int.from_bytes(data, "little")
    if s >= P or s & 1:
        return None
    if s == 0:
        return IDENTITY if identity_allowed else None
    ss = s * s % P
    u1 = (1 - ss) % P
    u2 = (1 + ss) % P
    u2_sqr = u2 * u2 % P
    v = (-(D * u1 % P * u1) - u2_sqr) % P
    was_square, invsqrt = _sqrt_ratio_m1(1, v * u2_sqr % P)
    den_x = invsqrt * u2 % P
    den_y = invsqrt * den_x % P * v % P
    x = 2 * s * den_x % P
    if x & 1:
        x = P - x
    y = u1 * den_y % P
    t = x * y % P
    if not was_square or t & 1 or y == 0:
        return None
    return (x, y, 1, t)


def encode(point):
    x0, y0, z0, t0 = point
    u1 = (z0 + y0) * (z0 - y0) % P
    u2 = x0 * y0 % P
    _, invsqrt = _sqrt_ratio_m1(1, u1 * u2 % P * u2 % P)
    den1 = invsqrt * u1 % P
    den2 = invsqrt * u2 % P
    z_inv = den1 * den2 % P * t0 % P
    if t0 * z_inv % P & 1:
        x, y = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P
        den_inv = den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den_inv = x0, y0, den2
    if x * z_inv % P & 1:
        y = P - y
    s = den_inv * (z0 - y) % P
    if s & 1:
        s = P - s
    return s.to_bytes(32, "little")


def _map(data):
    """RFC 9496, section 4.3.4, MAP."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    was_square, s = _sqrt_ratio_m1(u, v)
    c = P - 1
    if not was_square:
        s = s * t % P
        if s & 1 == 0:
            s = (P - s) % P
        c = r
    n = (c * (r - 1) % P * D_MINUS_ONE_SQ - v) % P
    w0 = 2 * s * v % P
    w1 = n * SQRT_AD_MINUS_ONE % P
    w2 = (1 - s * s) % P
    w3 = (1 + s * s) % P
    return (w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def derive(data):
    """The element derivation function on 64 bytes."""
    assert len(data) == 64
    return add(_map(data[:32]), _map(data[32:]))


def add(p, q):
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * t2 % P * D2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def double(p):
    x, y, z, _ = p
    a = x * x % P
    b = y * y % P
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = 2 * z * z % P + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def negate(p):
    x, y, z, t = p
    return (-x % P, y, z, -t % P)


def is_identity(p):
    """Whether the coset of the point is that of the identity."""
    return p[0] % P == 0 or p[1] % P == 0


def equal(p, q):
    return (p[0] * q[1] - p[1] * q[0]) % P == 0 or (p[1] * q[1] - p[0] * q[0]) % P == 0


def mul(k, p):
    return msm([(k, p)])


def msm(terms):
    """The sum of k*p over pairs (k, p), any integers k."""
    terms = [(k % L, p) for k, p in terms]
    terms = [(k, p) for k, p in terms if k]
    if not terms:
        return IDENTITY
    return _straus(terms) if len(terms) < 40 else _pippenger(terms)


@functools.lru_cache(maxsize=1 << 12)
def _multiples(p):
    table = [None, p]
    while len(table) < 16:
        table.append(add(table[-1], p))
    return table


def _straus(terms):
    top = max(k.bit_length() for k, _ in terms)
    width = 4 if top > 16 else 1
    tables = [(k, _multiples(p) if width > 1 else [None, p]) for k, p in terms]
    acc = IDENTITY
    for shift in range((top + width - 1) // width * width - width, -1, -width):
        if acc is not IDENTITY:
            for _ in range(width):
                acc = double(acc)
        for k, table in tables:
            digit = k >> shift & (1 << width) - 1
            if digit:
                acc = add(acc, table[digit])
    return acc


def _pippenger(terms):
    n = len(terms)
    width = 5 if n < 120 else 6 if n < 400 else 7 if n < 1000 else 8 if n < 3000 else 10 if n < 20000 else 12
    mask = (1 << width) - 1
    top = max(k.bit_length() for k, _ in terms)
    acc = IDENTITY
    for shift in range((top + width - 1) // width * width - width, -1, -width):
        for _ in range(width):
            acc = double(acc)
        buckets = {}
        for k, p in terms:
            digit = k >> shift & mask
            if digit:
                old = buckets.get(digit)
                buckets[digit] = p if old is None else add(old, p)
        running = total = IDENTITY
        for digit in range(max(buckets, default=0), 0, -1):
            p = buckets.get(digit)
            if p is not None:
                running = add(running, p)
            total = add(total, running)
        acc = add(acc, total)
    return acc


def scalar(data):
    """The scalar of a canonical encoding, or None."""
    k = int.from_bytes(data, "little")
    return k if len(data) == 32 and k < L else None


G_BYTES = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
G = decode(G_BYTES)
