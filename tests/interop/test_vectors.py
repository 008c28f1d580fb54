"""Public test vectors: RFC 9496 appendix A, RFC 8032 section 7.1, and the check values of the protocol's section 1."""

import hashlib
import random
import unittest

import ed25519
import ristretto
from framing import generator, hash64, u32

MULTIPLES = """
0000000000000000000000000000000000000000000000000000000000000000
e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76
6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919
94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259
da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57
e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e
f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403
44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d
903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c
02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031
20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f
bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42
e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460
aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f
46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e
e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e
""".split()

INVALID = """
00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
0100000000000000000000000000000000000000000000000000000000000000
01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309
26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b
3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b
ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
""".split()

DERIVED = {
    "Ristretto is traditionally a short shot of espresso coffee": "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46",
    "made with the normal amount of ground coffee but extracted with": "f26e5b6f7d362d2d2a94c5d0e7602cb4773c95a2e5c31a64f133189fa76ed61b",
    "about half the amount of water in the same amount of time": "006ccd2a9e6867e6a2c5cea83d3302cc9de128dd2a9a57dd8ee7b9d7ffe02826",
    "by using a finer grind.": "f8f0c87cf237953c5890aec3998169005dae3eca1fbb04548c635953c817f92a",
    "This produces a concentrated shot of coffee per volume.": "ae81e7dedf20a497e10c304a765c1767a42d6e06029758d2d7e8ef7cc4c41179",
    "Just pulling a normal shot short will produce a weaker shot": "e2705652ff9f5e44d3e841bf1c251cf7dddb77d140870d1ab2ed64f1a9ce8628",
    "and is not a Ristretto as some believe.": "80bd07262511cdde4863f8a7434cef696750681cb9510eea557088f76d9e5065",
}

ED25519 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]

CHECK_VALUES = {
    ("P", 1): "ced1c62fcd63b3b9714c5fc7a7266cd414b8f64be385053f4f417c11b7a8da2f",
    ("P", 2): "f8e2cf603a8edf50375f0c97066c8e9ce8cbadcb55a3ac91918f10970ebcd34c",
    ("U", 0): "aa7f7e22afda79c8b8fc34b0fddf2791de35fec8b517d37833c832e7044cb72c",
    ("H", 0): "18618ab5fb9e8528a487d1e9ca16fa12c8eedaeb231168e6b266a466fb62ce4e",
}


class Ristretto(unittest.TestCase):
    def test_multiples(self):
        acc = ristretto.IDENTITY
        for k, expected in enumerate(MULTIPLES):
            self.assertEqual(ristretto.encode(acc).hex(), expected)
            self.assertEqual(ristretto.encode(ristretto.mul(k, ristretto.G)).hex(), expected)
            decoded = ristretto.decode(bytes.fromhex(expected), identity_allowed=True)
            self.assertTrue(ristretto.equal(decoded, acc))
            acc = ristretto.add(acc, ristretto.G)

    def test_invalid(self):
        for text in INVALID:
            self.assertIsNone(ristretto.decode(bytes.fromhex(text), identity_allowed=True), text)
        self.assertIsNone(ristretto.decode(bytes(32)))
        self.assertIsNone(ristretto.decode(bytes(31), identity_allowed=True))

    def test_derivation(self):
        for text, expected in DERIVED.items():
            point = ristretto.derive(hashlib.sha512(text.encode()).digest())
            self.assertEqual(ristretto.encode(point).hex(), expected)

    def test_generators(self):
        for (name, index), expected in CHECK_VALUES.items():
            self.assertEqual(generator(name, index)[0].hex(), expected)
            self.assertEqual(len(hash64("generator", name, u32(index))), 64)

    def test_order(self):
        self.assertTrue(ristretto.is_identity(ristretto.add(ristretto.mul(ristretto.L - 1, ristretto.G), ristretto.G)))
        self.assertIsNone(ristretto.scalar(ristretto.L.to_bytes(32, "little")))
        self.assertEqual(ristretto.scalar((ristretto.L - 1).to_bytes(32, "little")), ristretto.L - 1)

    def test_sums(self):
        rng = random.Random(1)
        for count in (1, 2, 39, 40, 150):
            logs = [rng.randrange(ristretto.L) for _ in range(count)]
            scalars = [rng.randrange(ristretto.L) for _ in range(count)]
            scalars[0] = rng.choice([0, 1, ristretto.L - 1])
            terms = [(k, ristretto.mul(a, ristretto.G)) for k, a in zip(scalars, logs)]
            expected = ristretto.mul(sum(k * a for k, a in zip(scalars, logs)), ristretto.G)
            self.assertTrue(ristretto.equal(ristretto.msm(terms), expected), count)


class Ed25519(unittest.TestCase):
    def test_signatures(self):
        for key, message, signature in ED25519:
            key, message, signature = (bytes.fromhex(x) for x in (key, message, signature))
            self.assertTrue(ed25519.verify(key, message, signature))
            self.assertFalse(ed25519.verify(key, message + b"x", signature))
            for at in (0, 31, 32, 63):
                bad = bytearray(signature)
                bad[at] ^= 1
                self.assertFalse(ed25519.verify(key, message, bytes(bad)))
            # The same S plus the group order.
            high = int.from_bytes(signature[32:], "little") + ed25519.L
            self.assertFalse(ed25519.verify(key, message, signature[:32] + high.to_bytes(32, "little")))

    def test_small_order_and_encodings(self):
        identity = (1).to_bytes(32, "little")
        self.assertFalse(ed25519.verify(identity, b"", identity + bytes(32)))
        self.assertIsNone(ed25519.decode((ed25519.P + 1).to_bytes(32, "little")))
        self.assertIsNone(ed25519.decode((1 | 1 << 255).to_bytes(32, "little")))


if __name__ == "__main__":
    unittest.main()
