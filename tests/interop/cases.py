"""Records that are good, and records that are wrong in one way each, with the numbers of the checks that must fail."""

import copy
import json

import maker
import report as R
from maker import Maker

CASES = []  # (name, checks that must fail, function that gives {path: bytes})


def case(*failing):
    def register(function):
        CASES.append((function.__name__, set(failing), function))
        return function
    return register


class Town:
    """A record up to the middle of the vote: voters a, c of style 0 and b of style 1, and three ballots."""

    made = {}

    def __init__(self, document=None):
        key = json.dumps(document)
        if key not in self.made:
            self._build(document)
            self.made[key] = copy.deepcopy(self.__dict__)
        self.__dict__ = copy.deepcopy(self.made[key])

    def _build(self, document):
        self.m = m = Maker(document)
        m.genesis().ceremony()
        self.a = m.voter(0)
        m.open()
        self.b, self.c = m.voter(1), m.voter(0)
        m.ballot(self.a, [{0, 1}, {1, 2, 3}])
        m.ballot(self.b, [{1}, "blank"])
        m.ballot(self.a, [{2}, {4}])

    def finish(self):
        return finish(self.m)


def finish(m):
    return m.close().tally_input().partial(3).partial(1).result().files()


def with_keys(organiser, registrar, action, m=None):
    """Does the action with other keys of the organiser and the registrar."""
    m = m or Maker().genesis().ceremony().rehearse()
    right = m.organiser, m.registrar
    m.organiser, m.registrar = organiser, registrar
    action(m)
    m.organiser, m.registrar = right
    return m


def with_stranger(action, m=None):
    """Does the action with keys that are nobody's."""
    return with_keys(12345, 12345, action, m)


def with_keys_swapped(action, m=None):
    """Does the action with the organiser's key where the registrar's is meant, and the other way round."""
    m = m or Maker().genesis().ceremony().rehearse()
    return with_keys(m.registrar, m.organiser, action, m)


def changed(leaf, at, mask=1):
    data = bytearray(leaf)
    data[at] ^= mask
    return bytes(data)


# Good records.

@case()
def good():
    t = Town()
    t.m.revoke(t.a)
    t.m.new_key(t.a)
    t.m.credential(t.a)
    t.m.ballot(t.a, ["blank", set()])
    t.m.ballot(t.c, [{0}, {0, 1, 2, 3, 4}])
    return t.finish()


@case()
def good_no_ballots():
    return finish(Maker().genesis().ceremony().open())


@case()
def good_by_style_with_withheld():
    return Town(maker.manifest(report_by="contest-and-style", minimum_group=2)).finish()


def _plus_one(**changes):
    document = maker.manifest(**changes)
    document["styles"][0]["plus_one_of"] = ["mayor"]
    return document


def _added_and_dropped(document):
    """Voter a adds the other district's contest and drops it again; voter d adds it. Ballot styles: north, north+mayor, south."""
    m = Maker(document).genesis().ceremony().open()
    a, b, d = m.voter(1), m.voter(2), m.voter(1)
    m.ballot(a, [{0}, {1}, {0}])
    m.ballot(d, [{1}, {0}, {1}])
    m.ballot(b, [{1}, {0}])
    m.revoke(a)
    m.new_key(a)
    a.style = 0
    m.credential(a)
    m.ballot(a, [{1}, {0}])
    return m


@case()
def good_plus_one():
    return finish(_added_and_dropped(_plus_one()))


@case()
def good_plus_one_by_style():
    return finish(_added_and_dropped(_plus_one(report_by="contest-and-style")))


@case()
def good_by_contest_with_withheld():
    return Town(maker.manifest(minimum_group=2)).finish()


@case()
def good_all_partials():
    return Town().m.close().tally_input().partial(2).partial(3).partial(1).result().files()


@case()
def good_revoked_ballot_counts():
    t = Town()
    t.m.revoke(t.a)
    return t.finish()


@case()
def good_rehearsal_unpacked():
    document = maker.manifest(phase="rehearsal")
    document["styles"][0]["electorate"] = 2**23
    return Town(document).finish()


@case()
def good_unfinished():
    return Town().m.files()


@case()
def good_unfinished_partials():
    return Town().m.close().tally_input().partial(2).files()


@case(R.FILES)
def result_file_missing():
    return Town().m.close().tally_input().partial(1).partial(2).result(publish=False).files()


@case()
def good_only_genesis():
    return Maker().genesis().files()


# Files, manifest, genesis, checkpoint, tree, tiles.

@case(R.FILES)
def files_extra():
    return {**Town().finish(), "notes.txt": b"hello"}


@case(R.FILES)
def files_tile_missing():
    files = Town().finish()
    return {p: d for p, d in files.items() if not p.startswith("tile/0/")}


@case(R.FILES)
def files_extra_partial():
    return {**Town().finish(), "tile/entries/000.p/1": b"\0\0"}


@case(R.MANIFEST)
def manifest_unknown_key():
    files = Town().finish()
    files["manifest.json"] = files["manifest.json"].replace(b'{"veche"', b'{"x": 1, "veche"')
    return files


@case(R.GENESIS)
def manifest_white_space():
    files = Town().finish()
    files["manifest.json"] += b"\n"
    return files


@case(R.GENESIS)
def genesis_other_manifest():
    m = Maker().genesis(manifest_hash=bytes(32))
    m.ceremony().open()
    return finish(m)


@case(R.GENESIS)
def genesis_trustees():
    return finish(Maker().genesis(trustees=4).ceremony().open())


@case(R.GENESIS)
def genesis_version():
    return finish(Maker().genesis(version=2).ceremony().open())


@case(R.GENESIS)
def genesis_missing():
    t = Town()
    t.finish()
    t.m.leaves.pop(0)
    return t.m.files()


@case(R.GENESIS)
def genesis_twice():
    return finish(Maker().genesis().genesis().ceremony().open())


@case(R.CHECKPOINT)
def checkpoint_signature():
    files = Town().finish()
    note = files["checkpoint"].decode().split(" ")
    files["checkpoint"] = " ".join(note[:-1] + [note[-1][:20] + ("A" if note[-1][20] != "A" else "B") + note[-1][21:]]).encode()
    return files


@case(R.CHECKPOINT)
def checkpoint_other_origin():
    t = Town()
    t.finish()
    t.m.origin = "log.example/other"
    return t.m.files()


@case(R.CHECKPOINT)
def checkpoint_extension_line():
    files = Town().finish()
    files["checkpoint"] = files["checkpoint"].replace(b"\n\n", b"\nmore\n\n", 1)
    return files


@case()
def checkpoint_witness_line():
    files = Town().finish()
    files["checkpoint"] += "\N{EM DASH} witness.example AAAAAAAAAAAAAAAA\n".encode()
    return files


@case(R.CHECKPOINT)
def checkpoint_many_lines():
    files = Town().finish()
    files["checkpoint"] += ("\N{EM DASH} witness.example AAAAAAAAAAAAAAAA\n" * 64).encode()
    return files


@case(R.TREE, R.TILES, R.COURSE)
def entry_swapped_unhashed():
    t = Town()
    good = t.finish()
    t.m.leaves[2], t.m.leaves[4] = t.m.leaves[4], t.m.leaves[2]
    bad = t.m.files()
    return {p: (bad if "entries" in p else good)[p] for p in good}


@case(R.TILES)
def tile_changed():
    files = Town().finish()
    path = next(p for p in files if p.startswith("tile/0/"))
    files[path] = changed(files[path], 40)
    return files
