// What this browser and connection can do, asked before anything large is loaded.

import { findFault } from "./store.js";

/** @typedef {"saver" | "unsupported" | "storage" | "full" | "memory"} Obstacle */

const LEAST_MEMORY_GB = 1;
const FAST_MBIT = 5;

// the smallest module with a vector instruction (`i32.const 0; i8x16.splat; drop`), which the runtime is full of
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
);

/** @returns {boolean} whether anything can be found at all beyond the plain list */
export function canSearch() {
  return typeof Worker === "function" && typeof DecompressionStream === "function";
}

/** @returns {boolean} */
function canRunModel() {
  try {
    return WebAssembly.validate(SIMD);
  } catch {
    return false;
  }
}

/** @returns {Promise<Obstacle | null>} what speaks against loading the full search without being asked to */
export async function findObstacle() {
  const { connection, deviceMemory } = /** @type {any} */ (navigator);
  if (!canRunModel()) return "unsupported";
  const fault = await findFault();
  if (fault) return fault === "full" ? "full" : "storage";
  if (deviceMemory !== undefined && deviceMemory < LEAST_MEMORY_GB) return "memory";
  if (connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches) return "saver";
  return null;
}

/** @returns {boolean} whether the connection is known to be fast, so that loading may begin before a question */
export function isFast() {
  const { connection } = /** @type {any} */ (navigator);
  return connection?.effectiveType === "4g" && connection.downlink >= FAST_MBIT && !connection.saveData;
}
