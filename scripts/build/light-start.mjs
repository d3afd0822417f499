/** What may be loaded before it is known which command runs. */
const light =
  /^(src\/(commands|inputs|reference|terminal|text)\/|src\/[^/]+\.ts|node_modules\/commander\/|\0)/;

/** @throws where the start of the program, or its help, loads a module of a domain or a package */
export function checkStart(output, root) {
  const chunks = new Map(
    output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]),
  );
  const reached = new Set();
  const visit = (name) => {
    if (reached.has(name) || !chunks.has(name)) return;
    reached.add(name);
    chunks.get(name).imports.forEach(visit);
  };
  for (const [name, { facadeModuleId }] of chunks)
    if (/src\/(main|cli)\.ts$/.test(facadeModuleId ?? '')) visit(name);
  const heavy = [...reached]
    .flatMap((name) => chunks.get(name).moduleIds)
    .map((id) => id.replace(root, ''))
    .filter((id) => !light.test(id));
  if (reached.size < 2 || heavy.length > 0)
    throw new Error(`The start loads ${heavy.join(', ') || 'nothing'}`);
}
