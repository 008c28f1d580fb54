// Searching a ballot by what people type, in each of the seven languages, and on the titles of a real city.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { Finder } from "../app/lib/finder.js";

/** The names that are found among these, in alphabetical order. */
const found = (names, query) => {
  const finder = new Finder(names.map((name) => ({ name })));
  return (finder.find(query)?.places ?? []).map((place) => names[place]).sort();
};

// Words that are one for whoever searches, and one that is another.
const SAME = {
  pl: [
    ["boisko", "boiska", "boisku", "boiskach", "boiskiem", "Boisk"],
    ["kino", "kina"],
    ["ścieżka", "ścieżki", "SCIEZKE"],
    "boja",
  ],
  ru: [
    ["площадка", "площадки", "площадок", "площадкой"],
    ["ёлка", "елки", "Ёлкой"],
    ["деревья", "дерево", "деревьев"],
    "плотина",
  ],
  es: [["árbol", "arboles", "ÁRBOLES"], ["canción", "canciones"], ["parque", "parques"], "arena"],
  fr: [["école", "écoles", "ecole"], ["cheval", "chevaux"], ["œuvre", "oeuvres"], "éclat"],
  de: [
    ["Spielplatz", "Spielplätze", "spielplatzes", "Platz", "Plätze"],
    ["Straße", "strassen"],
    ["Häuser", "Haus"],
    "Plastik",
  ],
  en: [["library", "libraries"], ["bench", "benches"], ["tree", "trees"], "treaty"],
  ar: [
    ["حديقة", "الحديقة", "حدائق", "حَدِيقَة", "والحديقة"],
    ["مدرسة", "مدارس"],
    ["شارع", "شوارع", "الشارع"],
    "حد",
  ],
};

for (const [language, groups] of Object.entries(SAME)) {
  test(`every form of a word finds all its forms: ${language}`, () => {
    const all = groups.flat();
    for (const group of groups.filter(Array.isArray))
      for (const word of group) {
        // Whoever searches for a part of a compound finds the compound, and not the other way round.
        const wanted = /^spiel/i.test(word) ? group.filter((one) => /^spiel/i.test(one)) : group;
        assert.deepEqual(found(all, word), [...wanted].sort(), word);
      }
  });
}

test("a slip of the finger finds what was meant, and only where nothing is spelled so", () => {
  const meant = {
    "Boisko przy szkole": ["bosiko", "boissko", "bojsko", "szokle", "przy szokle"],
    "Площадка у школы": ["плошадка", "полщадка"],
    "Árboles para la plaza": ["arobles", "plasa"],
    "Une bibliothèque": ["bibliotèque", "bilbiothèque"],
    "Der Spielplatz": ["Spielpaltz", "Spiellplatz", "Schpielplatz", "Spielplaetze"],
    "The old library": ["libary", "lirbary"],
    "المكتبة الجديدة": ["المكتتبة", "الجدديدة"],
  };
  for (const [name, slips] of Object.entries(meant)) {
    const finder = new Finder([{ name }, { name: "xyz" }]);
    for (const slip of slips) assert.deepEqual(finder.find(slip), { places: [0], close: true }, slip);
  }
  const finder = new Finder([{ name: "Park" }, { name: "Bark" }, { name: "Library" }, { name: "Livrary" }]);
  assert.deepEqual(finder.find("park"), { places: [0], close: false });
  assert.deepEqual(finder.find("library"), { places: [2], close: false });
  // Three letters, and numbers, have no slips.
  assert.deepEqual(finder.find("xark")?.places, []);
  assert.deepEqual(new Finder([{ number: "12345", name: "Park" }]).find("12346")?.places, []);
});

test("a number is found as people write it", () => {
  const finder = new Finder([
    { number: "L001", name: "One hundred trees" },
    { number: "L010", name: "A ramp" },
    { number: "L100", name: "A slide" },
    { number: "M/01/VIII", name: "10 benches" },
  ]);
  for (const typed of ["L010", "l010", "l 10", "L-10", "L10", "010", "10", "١٠", "۰۱۰"])
    assert.equal(finder.find(typed)?.places[0], 1, typed);
  assert.deepEqual(finder.find("m/1/viii")?.places, [3]);
  assert.deepEqual(finder.find("M/01")?.places, [3]);
  assert.equal(finder.find("1")?.places[0], 0);
  assert.deepEqual(finder.find("L0")?.places, [0, 1]);
});

test("the best comes first: the number, the beginning of the name, the word, the place, what it says", () => {
  const finder = new Finder([
    { name: "A bench", more: ["Old Mill", "A seat near the park."] },
    { name: "Trees along the parkway" },
    { name: "A ramp in the park" },
    { name: "Park: a slide" },
    { name: "A slide", number: "park" },
    { name: "Nothing of it" },
  ]);
  assert.deepEqual(finder.find("park"), { places: [4, 3, 2, 1, 0], close: false });
  assert.deepEqual(finder.find("  slide  PARK ")?.places, [3, 4]);
  assert.deepEqual(finder.find("slide tram")?.places, []);
  assert.equal(finder.find("   "), null);
  assert.deepEqual(finder.find("?!")?.places, []);
});

const folder = process.env.VECHE_PABULIB;
const lodz = `${folder}/lodz-2022/poland_lodz_2022_.pb`;
test(
  "on the 160 titles of Łódź",
  { skip: (!folder || !existsSync(lodz)) && "VECHE_PABULIB is not set" },
  () => {
    const rows = readFileSync(lodz, "utf8").split(/\r?\n/);
    const projects = rows.slice(rows.indexOf("PROJECTS") + 2, rows.indexOf("VOTES")).map((row) => {
      const [number, , , ...name] = row.split(";");
      return { number, name: name.slice(0, -1).join(";") };
    });
    const finder = new Finder(projects);
    const numbers = (query) => finder.find(query).places.map((place) => projects[place].number);
    assert.equal(projects.length, 160);
    const pitches = numbers("boisko").sort();
    assert.equal(pitches.length, 11);
    for (const word of ["boiska", "BOISKACH", "bosiko", "boisk"])
      assert.deepEqual(numbers(word).sort(), pitches, word);
    for (const typed of ["L010", "l 10", "10"]) assert.equal(numbers(typed)[0], "L010", typed);
    assert.deepEqual(numbers("smog"), ["L058"]);
    assert.deepEqual(numbers("szkoła nr 3"), ["L081", "L041"]);
  },
);
