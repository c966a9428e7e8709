// Text to terms: the twin of src/rapport/search/analyser.py, which says why it is as it is. Any change here is a change there;
// tests/cases/analyser.yml holds both to the same results.


const GRAM = 4;
const MARKS = /(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]/gu;
const RUN = /[\p{L}\p{N}]+/gu;
const CJK = /[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+/gu;

/**
 * @param {string} text
 * @returns {string} lower case without accents: `Größe` → `grosse`, `счёт` → `счет`, `ガ` stays
 */
export function normalise(text) {
  const lower = text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss");
  return lower.normalize("NFD").replace(MARKS, "").normalize("NFC");
}

/**
 * @param {string} normal normalised text
 * @returns {{text: string, cjk: boolean}[]} its words, and its runs of Japanese or Chinese characters, in order
 */
export function runs(normal) {
  const found = [];
  for (const run of normal.match(RUN) ?? []) {
    let at = 0;
    for (const match of run.matchAll(CJK)) {
      if (match.index > at) found.push({ text: run.slice(at, match.index), cjk: false });
      found.push({ text: match[0], cjk: true });
      at = match.index + match[0].length;
    }
    if (at < run.length) found.push({ text: run.slice(at), cjk: false });
  }
  return found;
}

/**
 * @param {string} text
 * @returns {string[]} the terms of a text in order, with repetitions
 */
export function terms(text) {
  return runs(normalise(text)).flatMap((run) => (run.cjk ? cjkTerms(run.text) : [run.text, ...grams(run.text)]));
}

/**
 * @param {string} word
 * @returns {string[]} character 4-grams of `_word`
 */
export function grams(word) {
  const marked = ["_", ...word]; // code points, as Python counts
  const found = [];
  for (let at = 0; at + GRAM <= marked.length; at += 1) found.push(marked.slice(at, at + GRAM).join(""));
  return found;
}

/**
 * @param {string} run
 * @returns {string[]} single characters, then pairs
 */
export function cjkTerms(run) {
  const pairs = [];
  for (let at = 0; at + 1 < run.length; at += 1) pairs.push(run.slice(at, at + 2));
  return [...run, ...pairs];
}

const encoder = new TextEncoder();
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * @param {string} term
 * @returns {number} the term as the index stores it: CRC-32 of its UTF-8 bytes
 */
export function termKey(term) {
  let crc = 0xffffffff;
  for (const byte of encoder.encode(term)) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}
