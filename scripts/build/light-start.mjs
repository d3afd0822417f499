import { declaring, roomOf, stages } from '../rooms.mjs';

/** @typedef {import('rolldown').OutputChunk} Chunk */

/**
 * @param {readonly (Chunk | import('rolldown').OutputAsset)[]} output
 * @param {string} root
 * @throws if a stage of the start loads a module or a package that `stages` in rooms.mjs does not have
 */
export function checkStart(output, root) {
  const chunks = output.filter((file) => file.type === 'chunk');
  for (const { entry, rooms, packages } of stages) {
    const first = chunks.find(({ moduleIds }) => moduleIds.includes(`${root}src/${entry}`));
    if (first === undefined) throw new Error(`${entry} is in no chunk`);
    const heavy = [...reachedFrom(first, chunks)]
      .flatMap(({ moduleIds }) => moduleIds)
      .map((id) => id.replace(root, ''))
      .filter((id) => !isLight(id, rooms, packages));
    if (heavy.length > 0) throw new Error(`${entry} loads ${heavy.join(', ')}`);
  }
}

/**
 * @param {string} id
 * @param {readonly string[]} rooms
 * @param {readonly string[]} packages
 */
function isLight(id, rooms, packages) {
  // Modules that the bundler adds.
  if (id.startsWith('\0')) return true;
  const [, path] = /^src\/(.*)$/.exec(id) ?? [];
  if (path !== undefined) {
    const isDeclaring = declaring.some((name) => path.endsWith(`/${name}`));
    return rooms.includes(roomOf(path)) || isDeclaring;
  }
  return packages.some((name) => id.startsWith(`node_modules/${name}/`));
}

/**
 * @param {Chunk} chunk
 * @param {readonly Chunk[]} chunks
 * @param {Set<Chunk>} reached
 */
function reachedFrom(chunk, chunks, reached = new Set()) {
  if (reached.has(chunk)) return reached;
  reached.add(chunk);
  for (const name of chunk.imports) {
    const next = chunks.find(({ fileName }) => fileName === name);
    if (next !== undefined) reachedFrom(next, chunks, reached);
  }
  return reached;
}
