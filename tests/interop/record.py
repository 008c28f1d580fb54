"""The files of a record and checks 1, 4, 5 and 6."""

import os

import report as R
import tlog
from framing import Malformed

MANIFEST, CHECKPOINT, RESULT = "manifest.json", "checkpoint", "result.json"
MAX_FILE = 256 * (2 + 65_535)


class Unreadable(Exception):
    """There is no record to judge."""


def _raise(error):
    raise error


def list_files(folder):
    """The paths of all files in the folder, with forward slashes."""
    if not os.path.isdir(folder):
        raise Unreadable(f"{folder} is not a folder")
    paths = set()
    try:
        for root, folders, names in os.walk(folder, onerror=_raise):
            # A link to a folder is a file that does not belong there.
            for name in names + [name for name in folders if os.path.islink(os.path.join(root, name))]:
                path = os.path.relpath(os.path.join(root, name), folder)
                paths.add(path.replace(os.sep, "/"))
    except OSError as e:
        raise Unreadable(str(e)) from None
    return paths


class Record:
    def __init__(self, folder):
        self.folder = folder
        self.paths = list_files(folder)
        self.manifest = self.read(MANIFEST)
        self.checkpoint_bytes = self.read(CHECKPOINT)
        self.result = self.read(RESULT)
        if self.manifest is None and self.checkpoint_bytes is None:
            raise Unreadable(f"{folder} has neither {MANIFEST} nor {CHECKPOINT}")
        self.checkpoint = None
        self.leaves = None

    def read(self, path):
        """The bytes of a file, or None if it is missing, not a plain file or absurdly large."""
        full = os.path.join(self.folder, path)
        try:
            if not os.path.isfile(full) or os.path.getsize(full) > MAX_FILE:
                return None
            with open(full, "rb") as f:
                return f.read()
        except (OSError, ValueError):
            return None

    def begin(self, report):
        """Reads the checkpoint's text and the first bundle. False if there is nothing to go on with."""
        try:
            self.checkpoint = tlog.parse_checkpoint(self.checkpoint_bytes)
        except Malformed as e:
            report.check(R.CHECKPOINT, str(e), who=R.PUBLISHER)
            return False
        if self.checkpoint.size == 0:
            report.check(R.GENESIS, "the board is empty", who=R.PUBLISHER)
            return False
        self.leaves = []
        return self._bundle(report, 0)

    def read_on(self, report):
        """Reads the other bundles up to the first that cannot be read."""
        for number in range(1, -(-self.checkpoint.size // tlog.TILE_WIDTH)):
            if not self._bundle(report, number):
                report.unread = True
                return

    def _bundle(self, report, number):
        path, first, count = tlog.tile_of_level(self.checkpoint.size, "tile/entries", number)
        data = self.read(path)
        if data is None:
            report.check(R.FILES, f"{path} is missing", who=R.PUBLISHER)
            return False
        try:
            self.leaves += tlog.parse_bundle(data, count, first)
        except tlog.BadBundle as e:
            report.check(R.FORM, f"{path}: {e}", e.entry, R.PUBLISHER)
            return False
        return True

    def check_tiles(self, report):
        """Checks 5 and 6, as far as the entries could be read."""
        hashes = [tlog.leaf_hash(leaf) for leaf in self.leaves]
        if not report.unread:
            good = tlog.root_of(hashes) == self.checkpoint.root
            report.check(R.TREE, None if good else "the root of the entries is not that of the checkpoint", who=R.PUBLISHER)
        levels = tlog.levels(hashes)
        for level, path, first, count in tlog.hash_tiles(len(hashes)):
            if report.unread and count < tlog.TILE_WIDTH:
                continue
            data = self.read(path)
            if data is None:
                report.check(R.FILES, f"{path} is missing", who=R.PUBLISHER)
                continue
            hashes = levels[level][first : first + count]
            problem, entry = None, None
            if data != b"".join(hashes):
                problem = f"{path} does not hold the hashes of the entries"
                chunks = (data[at : at + 32] for at in range(0, len(data), 32))
                wrong = (first + i for i, (chunk, h) in enumerate(zip(chunks, hashes)) if chunk != h)
                entry = next(wrong, None) if level == 0 else None
            report.check(R.TILES, problem, entry, R.PUBLISHER)

    def check_files(self, report):
        """Check 1: every file is accounted for."""
        report.saw(R.FILES)
        size = self.checkpoint.size
        if tlog.tile_count(size) > len(self.paths):
            report.fail(R.FILES, f"a tree of {size} entries has more tiles than there are files", who=R.PUBLISHER)
            return
        needed = {MANIFEST, CHECKPOINT}
        needed |= {path for path, _, _ in tlog.bundles(size)} | {path for _, path, _, _ in tlog.hash_tiles(size)}
        for path in sorted(needed - self.paths):
            report.fail(R.FILES, f"{path} is missing", who=R.PUBLISHER)
        for path in sorted(self.paths - needed - {RESULT}):
            report.fail(R.FILES, f"{path!r} does not belong here", who=R.PUBLISHER)
