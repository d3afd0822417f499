/** What each stage may load, including all its imports: the start with `--version`, and the command line with `--help`. */
const stages = [
  { entry: 'src/main.ts', light: /^(src\/(errors|settings|terminal|text)\/|src\/[^/]+\.ts|\0)/ },
  {
    entry: 'src/cli.ts',
    light:
      /^(src\/(commands|errors|settings|reference|terminal|text)\/|src\/emulator\/assumptions\.ts|src\/[^/]+\.ts|node_modules\/(commander|fast-string-(truncated-)?width|fast-wrap-ansi)\/|\0)/,
  },
];

/** @throws if one of them loads a module of a domain, or a package that it does not need */
export function checkStart(output, root) {
  const chunks = output.filter(({ type }) => type === 'chunk');
  for (const { entry, light } of stages) {
    const first = chunks.find(({ moduleIds }) => moduleIds.includes(root + entry));
    if (first === undefined) throw new Error(`${entry} is in no chunk`);
    const heavy = [...reachedFrom(first, chunks)]
      .flatMap(({ moduleIds }) => moduleIds)
      .map((id) => id.replace(root, ''))
      .filter((id) => !light.test(id));
    if (heavy.length > 0) throw new Error(`${entry} loads ${heavy.join(', ')}`);
  }
}

function reachedFrom(chunk, chunks, reached = new Set()) {
  if (reached.has(chunk)) return reached;
  reached.add(chunk);
  for (const name of chunk.imports) {
    const next = chunks.find(({ fileName }) => fileName === name);
    if (next !== undefined) reachedFrom(next, chunks, reached);
  }
  return reached;
}
