// The regular files below a folder.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} FoundFile
 * @property {string} name relative to the folder, with slashes
 * @property {number} size in bytes
 */

/**
 * @typedef {object} Found
 * @property {FoundFile[]} files in the order of their names
 * @property {number} links symbolic links: never followed, so nothing outside is read and nothing twice
 * @property {Map<string, string>} failures what could not be looked at, and why
 */

/** @param {{ name: string }} a @param {{ name: string }} b */
export function byName(a, b) {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** The reason of a file system error, without the call and the path that Node adds. @param {unknown} error */
export function reasonOf(error) {
  return error instanceof Error ? error.message.split(', ')[0] : String(error);
}

/**
 * @param {string} root
 * @returns {Found}
 */
export function walk(root) {
  /** @type {Found} */
  const found = { files: [], links: 0, failures: new Map() };
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const name = `${folder}${entry.name}`;
        if (entry.isDirectory()) folders.push(`${name}/`);
        else if (entry.isSymbolicLink()) found.links += 1;
        else if (entry.isFile()) addFile(root, name, found);
      }
    } catch (error) {
      found.failures.set(folder, reasonOf(error));
    }
  }
  found.files.sort(byName);
  return found;
}

/** @param {string} root @param {string} name @param {Found} found */
function addFile(root, name, found) {
  try {
    found.files.push({ name, size: lstatSync(join(root, name)).size });
  } catch (error) {
    found.failures.set(name, reasonOf(error));
  }
}
