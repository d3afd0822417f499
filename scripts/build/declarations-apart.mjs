import { readFile } from 'node:fs/promises';
import { parseAst } from 'rolldown/parseAst';

const mark = '?declaration';

/**
 * Splits each command's file in two: its declaration is loaded at start, its work on demand. Adds the declarations to the
 * registry's loaders, each from a copy of the file that contains nothing else.
 */
export function declarationsApart() {
  return {
    name: 'declarations-apart',
    transform: {
      filter: { id: /\/src\/commands\/registry\.ts$/ },
      handler(code) {
        const imports = [];
        const body = code.replaceAll(/\(\) => import\((["'])([^"']+)\1\)/g, (load, _quote, file) => {
          const name = `declaration${imports.length}`;
          imports.push(`import { declaration as ${name} } from '${file}${mark}';`);
          return `Object.assign(${load}, { declaration: ${name} })`;
        });
        if (imports.length === 0) throw new Error('The registry loads no commands');
        return `${imports.join('\n')}\n${body}`;
      },
    },
    async resolveId(id, importer) {
      if (!id.endsWith(mark)) return null;
      const { id: file } = await this.resolve(id.slice(0, -mark.length), importer);
      return `${file}${mark}`;
    },
    async load(id) {
      if (!id.endsWith(mark)) return null;
      const code = await readFile(id.slice(0, -mark.length), 'utf8');
      return { code: onlyDeclaration(code), moduleType: 'ts' };
    },
  };
}

/** The statement that exports `declaration`, and the preceding ones that it needs. */
function onlyDeclaration(code) {
  const needed = new Set(['declaration']);
  let kept = '';
  for (const statement of parseAst(code, { lang: 'ts' }).body.toReversed()) {
    if (statement.type === 'ImportDeclaration') {
      const used = statement.specifiers.filter(
        ({ importKind, local }) => importKind !== 'type' && needed.has(local.name),
      );
      if (statement.importKind === 'type' || used.length === 0) continue;
      const names = used.map(({ start, end }) => code.slice(start, end));
      kept = `import { ${names.join(', ')} } from ${statement.source.raw};\n${kept}`;
    } else if (declaredBy(statement).some((name) => needed.has(name))) {
      for (const name of namesIn(statement)) needed.add(name);
      kept = `${code.slice(statement.start, statement.end)}\n${kept}`;
    }
  }
  return kept;
}

function declaredBy(statement) {
  const { declarations, id } = statement.declaration ?? statement;
  return declarations?.map((each) => each.id.name) ?? (id ? [id.name] : []);
}

/** Every name used as a value; property names are not. */
function namesIn(node) {
  if (Array.isArray(node)) return node.flatMap(namesIn);
  if (node === null || typeof node !== 'object') return [];
  if (node.type === 'Identifier') return [node.name];
  const skipped = node.computed ? '' : { Property: 'key', MemberExpression: 'property' }[node.type];
  return Object.entries(node).flatMap(([field, value]) =>
    field === skipped || field === 'typeAnnotation' ? [] : namesIn(value),
  );
}
