// The search index in memory, read from the files that src/rapport/export writes: the twin of knowledge.py.

import { unpackLexical } from "./lexical.js";
import { SITUATIONS } from "./ranking.js";
import { Spelling } from "./spelling.js";

/**
 * Linear softmax over the classes with enough bank questions.
 * @typedef {object} Head
 * @property {string[]} classes
 * @property {Float32Array[]} weights one row per class
 * @property {Float32Array} bias
 */

/**
 * One attention per class over the states of a question's pieces; see ReadingHead in src/rapport/search/knowledge.py.
 * @typedef {object} ReadingHead
 * @property {string[]} classes empty where there is no trained head
 * @property {Float32Array[]} query one row per class, as `value` and `mean`
 * @property {Float32Array[]} value
 * @property {Float32Array[]} mean
 * @property {Float32Array} bias
 * @property {Float32Array[]} centres mean state of each language's questions
 */

/**
 * The ranking's few numbers, as src/rapport/search/knowledge.py explains them.
 * @typedef {object} Settings
 * @property {number[]} short weights of the signals in their order, for a question of up to `short_to` letters
 * @property {number[]} long the same for one of `long_from` letters or more
 * @property {number} short_to
 * @property {number} long_from
 * @property {number} dense
 * @property {number} section
 * @property {number[]} answerable
 * @property {number[]} correct
 * @property {number} refuse_below
 * @property {number} unwritten_lead
 * @property {number} close
 * @property {number[]} evidence
 * @property {number} floor
 * @property {number} undecided
 */

/** @typedef {{guide: number, section: string, rows: number[]}} SectionRows */

/**
 * Which rows belong to what.
 * @typedef {object} Layout
 * @property {number[][]} questions per guide: rows of its bank questions and situations
 * @property {number[]} unanswerable rows of the bank's questions without an answer
 * @property {SectionRows[]} sections
 * @property {number[][]} asking per class of the section head: rows of the bank questions that ask for that section
 */

/**
 * @typedef {object} Row
 * @property {"passage" | "situation" | "bank"} kind
 * @property {string | null} guide
 * @property {string | null} section anchor of a passage's section, or of the one that a bank question asks for
 * @property {string} lang
 */

/**
 * @typedef {object} Knowledge
 * @property {string[]} languages
 * @property {string[]} guides all guides of the catalogue, in its order
 * @property {Row[]} rows
 * @property {{cosines: (vector: Float32Array) => Float64Array}} vectors
 * @property {Float32Array[]} means
 * @property {Head} head
 * @property {Head} sectionHead the same over the sections of a guide
 * @property {ReadingHead} reading
 * @property {Settings} settings
 * @property {import("./lexical.js").LexicalIndex} lexical
 * @property {Layout} layout
 * @property {Set<string>} written `guide lang` of every text there is
 * @property {Set<string>} signless those of them that do not tell by what one knows that the guide is meant
 * @property {Spelling} spelling how words of the rows are written
 */

/**
 * The small file of names and numbers beside the arrays.
 * @typedef {object} Frame
 * @property {string[]} languages
 * @property {string[]} guides
 * @property {string[]} sections
 * @property {string[]} written
 * @property {string[]} signless
 * @property {string[]} classes of the head
 * @property {string[]} sectionClasses of the section head
 * @property {string[]} readingClasses of the reading head
 * @property {Settings} settings
 * @property {number} rows
 * @property {number} dimensions
 * @property {number} step
 * @property {string[]} spellings
 */

/** Vectors of all rows as int8 and a scale each, compared one by one. */
export class PackedVectors {
  /**
   * @param {Int8Array} values rows one after the other
   * @param {Float32Array} scale
   */
  constructor(values, scale) {
    this.values = values;
    this.scale = scale;
  }

  /**
   * @param {Float32Array} vector unit length
   * @returns {Float64Array} inner product with each row
   */
  cosines(vector) {
    const { values, scale } = this;
    const size = vector.length;
    const found = new Float64Array(scale.length);
    for (let row = 0, at = 0; row < scale.length; row += 1) {
      let sum = 0;
      for (let column = 0; column < size; column += 1, at += 1) sum += values[at] * vector[column];
      found[row] = sum * scale[row];
    }
    return found;
  }
}

/**
 * Group rows by guide and section; sections in catalogue order of guides, then in order of first appearance.
 * @param {Row[]} rows
 * @param {string[]} guides
 * @param {string[]} sectionClasses
 * @returns {Layout}
 */
export function layOut(rows, guides, sectionClasses) {
  const number = new Map(guides.map((guide, at) => [guide, at]));
  /** @type {number[][]} */
  const questions = guides.map(() => []);
  /** @type {number[]} */
  const unanswerable = [];
  /** @type {Map<string, SectionRows>} */
  const sections = new Map();
  rows.forEach((row, at) => {
    if (row.guide === null) {
      unanswerable.push(at);
      return;
    }
    const guide = number.get(row.guide) ?? 0;
    if (row.kind !== "passage") questions[guide].push(at);
    if (row.kind === "bank") return;
    const section = row.kind === "passage" ? row.section ?? "" : SITUATIONS;
    const key = `${guide} ${section}`;
    const part = sections.get(key) ?? { guide, section, rows: [] };
    part.rows.push(at);
    sections.set(key, part);
  });
  return {
    questions,
    unanswerable,
    sections: [...sections.values()].sort((one, other) => one.guide - other.guide),
    asking: sectionClasses.map((section) =>
      rows.flatMap((row, at) => (row.kind === "bank" && row.section === section ? [at] : []))),
  };
}

/**
 * @param {Uint8Array} packed two values of 4 bits each, plus 8
 * @returns {Int8Array}
 */
export function unpackNibbles(packed) {
  const values = new Int8Array(packed.length * 2);
  packed.forEach((byte, at) => {
    values[2 * at] = (byte & 15) - 8;
    values[2 * at + 1] = (byte >> 4) - 8;
  });
  return values;
}

const KINDS = /** @type {const} */ (["passage", "situation", "bank"]);
const NOTHING = 0xffff;

/**
 * @param {Frame} frame
 * @param {(name: string) => ArrayBuffer} part a file's bytes
 * @returns {Knowledge}
 */
export function readKnowledge(frame, part) {
  const { languages, guides, dimensions } = frame;
  const rowsOf = (/** @type {Float32Array} */ flat) =>
    Array.from({ length: flat.length / dimensions }, (_, at) => flat.subarray(at * dimensions, (at + 1) * dimensions));
  const table = new Uint16Array(part("rows"));
  const count = frame.rows;
  const name = (/** @type {string[]} */ names, /** @type {number} */ at) => (at === NOTHING ? null : names[at]);
  /** @type {Row[]} */
  const rows = Array.from({ length: count }, (_, at) => ({
    kind: KINDS[table[at]],
    guide: name(guides, table[count + at]),
    section: name(frame.sections, table[2 * count + at]),
    lang: languages[table[3 * count + at]],
  }));
  const readHead = (/** @type {string[]} */ classes, /** @type {string} */ file) => {
    const flat = new Float32Array(part(file));
    const width = classes.length * dimensions;
    return { classes, weights: rowsOf(flat.subarray(0, width)), bias: flat.subarray(width) };
  };
  const reading = readReading(frame, new Int8Array(part("reading")), new Float32Array(part("reading-scales")));
  const vectors = new PackedVectors(unpackNibbles(new Uint8Array(part("vectors"))), new Float32Array(part("scales")));
  if (vectors.values.length !== count * dimensions || vectors.scale.length !== count) {
    throw new RangeError("rows and vectors do not match");
  }
  return {
    languages,
    guides,
    rows,
    vectors,
    means: rowsOf(new Float32Array(part("means"))),
    head: readHead(frame.classes, "head"),
    sectionHead: readHead(frame.sectionClasses, "section-head"),
    reading,
    settings: frame.settings,
    lexical: unpackLexical(
      new Uint32Array(part("term-keys")),
      new Uint16Array(part("term-lengths")),
      new Uint8Array(part("posting-rows")),
      new Uint8Array(part("posting-weights")),
      frame.step,
      count,
    ),
    layout: layOut(rows, guides, frame.sectionClasses),
    written: new Set(frame.written),
    signless: new Set(frame.signless),
    spelling: new Spelling(frame.spellings),
  };
}

/**
 * @param {Frame} frame
 * @param {Int8Array} values query, value and mean, row after row
 * @param {Float32Array} numbers a scale for each of these rows, then bias and centres
 * @returns {ReadingHead}
 */
export function readReading({ readingClasses: classes, dimensions, languages }, values, numbers) {
  const count = classes.length;
  const rows = (/** @type {number} */ from) => Array.from({ length: count }, (_, at) => {
    const row = from * count + at;
    return Float32Array.from(values.subarray(row * dimensions, (row + 1) * dimensions), (value) => value * numbers[row]);
  });
  const bias = numbers.subarray(3 * count, 4 * count);
  const centres = languages.map((_, at) => numbers.subarray(4 * count + at * dimensions, 4 * count + (at + 1) * dimensions));
  return { classes, query: rows(0), value: rows(1), mean: rows(2), bias, centres };
}
