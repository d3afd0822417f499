import { chunks, declaredAtOnce, quickest, roomOf, rooms, sharedPackages } from '../rooms.mjs';

/**
 * Gives each room's modules to the chunk that the room declares. What a room itself loads with `import()` stays apart, and
 * a chunk takes along what its modules import, unless a chunk declared before it has that.
 */
export function chunkGroups(root) {
  const src = `${root}src/`;
  const roomFor = (id) => (id.startsWith(src) ? roomOf(id.slice(src.length)) : undefined);
  const isSchemas = (id) =>
    sharedPackages.some((name) => id.startsWith(`${root}node_modules/${name}/`));
  const declared = new Map(rooms.map((room) => [room.name, room]));
  /** Modules by their chunk. */
  const chosen = new Map();
  return {
    plugin: {
      name: 'chunk-groups',
      buildEnd() {
        const infos = [...this.getModuleIds()].map((id) => this.getModuleInfo(id));
        const take = (id, room) => {
          if (roomFor(id) !== room || chosen.has(id)) return;
          const { importedIds } = this.getModuleInfo(id);
          chosen.set(id, chunkOf(id, declared.get(room) ?? {}, importedIds));
          for (const next of importedIds) take(next, room);
        };
        const reached = new Set();
        const reach = (id) => {
          if (reached.has(id)) return;
          reached.add(id);
          this.getModuleInfo(id)?.importedIds.forEach(reach);
        };
        const chunkOf = (id, { chunk, late = null }, importedIds) => {
          if (chunk !== 'shared' && chunk !== 'p12') return chunk;
          // Who reads no JSON needs no schema.
          if (chunk === 'shared' && importedIds.some(isSchemas)) return null;
          return reached.has(id) ? chunk : late;
        };
        for (const file of declaredAtOnce) chosen.set(`${src}${file}`, 'cli');
        for (const file of quickest) {
          reach(`${src}${file}`);
          // A file of a room without a chunk goes with the last that it needs.
          if (declared.get(roomFor(`${src}${file}`)).chunk === null)
            chosen.set(`${src}${file}`, 'p12');
        }
        for (const { id, isEntry, importers, dynamicImporters } of infos) {
          const room = roomFor(id);
          const used = [...importers, ...dynamicImporters].some((by) => roomFor(by) !== room);
          if (isEntry || used) take(id, room);
        }
      },
    },
    groups: chunks.map((name, index) => ({
      name,
      priority: chunks.length - index,
      test: (id) => chosen.get(id) === name,
    })),
  };
}
