/**
 * A folder that the reader dropped or chose, as files by their path in the record. The record may lie in it at any depth:
 * it is where the `checkpoint` is.
 */

/** No record has more files than this: 2²³ entries, with a bundle and little more than a tile for every 256 of them. */
const MAX_FILES = 80_000;

/**
 * @param {FileSystemEntry} entry
 * @param {Map<string, File>} found
 * @returns {Promise<void>}
 */
async function walk(entry, found) {
  if (found.size > MAX_FILES) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => {
      /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject);
    });
    found.set(entry.fullPath.replace(/^\//, ""), file);
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // A folder is listed in pieces, until one is empty.
    /** @type {FileSystemEntry[]} */
    const piece = await new Promise((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (piece.length === 0) return;
    for (const inside of piece) await walk(inside, found);
  }
}

/**
 * @param {Map<string, File>} files by their whole path
 * @returns {Map<string, File> | null} by their path in the record; null where there is no record
 */
export function recordIn(files) {
  const roots = [...files.keys()]
    .filter((path) => path === "checkpoint" || path.endsWith("/checkpoint"))
    .sort((one, other) => one.length - other.length);
  const [shortest] = roots;
  if (shortest === undefined) return null;
  const root = shortest.slice(0, -"checkpoint".length);
  const inside = [...files].filter(([path]) => path.startsWith(root));
  return new Map(inside.map(([path, file]) => [path.slice(root.length), file]));
}

/**
 * @param {DataTransfer} dropped
 * @returns {Promise<Map<string, File> | null>}
 */
export async function droppedRecord(dropped) {
  const found = new Map();
  // All entries are taken before the first wait: afterwards the browser has emptied the list.
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry());
  for (const entry of entries) if (entry) await walk(entry, found);
  return recordIn(found);
}

/**
 * @param {FileList} chosen  from a field that takes a folder
 * @returns {Map<string, File> | null}
 */
export const chosenRecord = (chosen) =>
  recordIn(new Map([...chosen].map((file) => [file.webkitRelativePath || file.name, file])));
