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
        for root, _, names in os.walk(folder, onerror=_raise):
            for name in names:
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

    def load(self, report):
        """Reads the board and does checks 1, 5 and 6. `leaves` are as many entries as can be read from the front."""
        if self.checkpoint_bytes is None:
            report.check(R.FILES, "there is no checkpoint", who="the publisher")
            return
        try:
            self.checkpoint = tlog.parse_checkpoint(self.checkpoint_bytes)
        except Malformed as e:
            report.check(R.CHECKPOINT, str(e), who="the log")
            return
        size = self.checkpoint.size
        if tlog.tile_count(size) > len(self.paths):
            report.check(R.FILES, f"a tree of {size} entries has more tiles than there are files", who="the publisher")
            return
        self._files(report, size)
        self._entries(report, size)

    def _files(self, report, size):
        needed = {MANIFEST, CHECKPOINT}
        needed |= {path for path, _, _ in tlog.bundles(size)} | {path for _, path, _, _ in tlog.hash_tiles(size)}
        report.saw(R.FILES)
        for path in sorted(needed - self.paths):
            report.fail(R.FILES, f"{path} is missing", who="the publisher")
        for path in sorted(self.paths - needed - {RESULT}):
            report.fail(R.FILES, f"{path!r} does not belong here", who="the publisher")

    def _entries(self, report, size):
        self.leaves = []
        for path, first, count in tlog.bundles(size):
            data = self.read(path)
            if data is None:
                return  # check 1 has named the missing file
            try:
                self.leaves += tlog.parse_bundle(data, count, first)
            except tlog.BadBundle as e:
                report.check(R.FORM, f"{path}: {e}", e.entry, "the publisher")
                return
        hashes = [tlog.leaf_hash(leaf) for leaf in self.leaves]
        good = tlog.root_of(hashes) == self.checkpoint.root
        report.check(R.TREE, None if good else "the root of the entries is not that of the checkpoint", who="the log")
        levels = tlog.levels(hashes)
        for level, path, first, count in tlog.hash_tiles(size):
            data = self.read(path)
            if data is not None:
                hashes = levels[level][first : first + count]
                problem, entry = None, None
                if data != b"".join(hashes):
                    problem = f"{path} does not hold the hashes of the entries"
                    wrong = (i for i, h in enumerate(hashes) if data[32 * i : 32 * i + 32] != h)
                    entry = first + next(wrong, count - 1) if level == 0 else None
                report.check(R.TILES, problem, entry, "the log")

    def complete(self):
        return self.leaves is not None and len(self.leaves) == self.checkpoint.size
