import {
  changing,
  chunks,
  declaredAtOnce,
  packageChunks,
  quickest,
  roomOf,
  rooms,
  sharedPackages,
} from '../rooms.mjs';

/**
 * Gives each room's modules to the chunk that the room declares. What a room itself loads with `import()` stays apart, and
 * a chunk takes along what its modules import, unless a chunk declared before it has that.
 * @param {string} root
 * @returns {{ plugin: import('rolldown').Plugin, groups: import('rolldown').CodeSplittingGroup[] }}
 */
export function chunkGroups(root) {
  const src = `${root}src/`;
  /** @param {string} id */
  const roomFor = (id) => (id.startsWith(src) ? roomOf(id.slice(src.length)) : '');
  /**
   * @param {string} id
   * @param {string} name
   */
  const isOfPackage = (id, name) => id.startsWith(`${root}node_modules/${name}/`);
  /** @param {string} id */
  const isSchemas = (id) => sharedPackages.some((name) => isOfPackage(id, name));
  const packages = Object.entries(packageChunks);
  const declared = new Map(rooms.map((room) => [room.name, room]));
  /**
   * The chunk of each module; null: with whatever needs it.
   * @type {Map<string, string | null>}
   */
  const chosen = new Map();
  return {
    plugin: {
      name: 'chunk-groups',
      buildEnd() {
        /** @param {string} id */
        const importsOf = (id) => this.getModuleInfo(id)?.importedIds ?? [];
        /**
         * @param {string} id
         * @param {string} room
         */
        const take = (id, room) => {
          if (roomFor(id) !== room || chosen.has(id)) return;
          const importedIds = importsOf(id);
          chosen.set(id, chunkOf(id, room, importedIds));
          for (const next of importedIds) take(next, room);
        };
        /**
         * @param {readonly string[]} files
         * @returns {ReadonlySet<string>}
         */
        const reachedFrom = (files) => {
          const reached = new Set();
          /** @param {string} id */
          const reach = (id) => {
            if (reached.has(id)) return;
            reached.add(id);
            importsOf(id).forEach(reach);
          };
          for (const file of files) {
            if (this.getModuleInfo(`${src}${file}`) === null) throw new Error(`No src/${file}`);
            reach(`${src}${file}`);
          }
          return reached;
        };
        const quick = reachedFrom(quickest);
        const change = reachedFrom(changing);
        /**
         * @param {string} id
         * @param {string} room
         * @param {readonly string[]} importedIds
         */
        const declaredChunkOf = (id, room, importedIds) => {
          const { chunk = null, late = null } = declared.get(room) ?? {};
          if (chunk !== 'shared' && chunk !== 'p12') return chunk;
          // Who reads no JSON needs no schema.
          if (chunk === 'shared' && importedIds.some(isSchemas)) return null;
          return quick.has(id) ? chunk : late;
        };
        /**
         * @param {string} id
         * @param {string} room
         * @param {readonly string[]} importedIds
         */
        const chunkOf = (id, room, importedIds) => {
          const chunk = declaredChunkOf(id, room, importedIds);
          return chunk === 'tenant' && !change.has(id) ? 'seldom' : chunk;
        };
        /**
         * A file of a room without a chunk goes with the last that it needs.
         * @param {readonly string[]} files
         * @param {string} last
         */
        const chooseLast = (files, last) => {
          for (const file of files)
            if (declared.get(roomOf(file))?.chunk === null) chosen.set(`${src}${file}`, last);
        };
        for (const file of declaredAtOnce) chosen.set(`${src}${file}`, 'cli');
        chooseLast(quickest, 'p12');
        chooseLast(changing, 'tenant');
        for (const id of this.getModuleIds()) {
          const info = this.getModuleInfo(id);
          const room = roomFor(id);
          const [, chunk] = packages.find(([name]) => isOfPackage(id, name)) ?? [];
          if (chunk !== undefined) chosen.set(id, chunk);
          if (room === '' || info === null) continue;
          const importers = [...info.importers, ...info.dynamicImporters];
          if (info.isEntry || importers.some((by) => roomFor(by) !== room)) take(id, room);
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
