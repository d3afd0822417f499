import { type ESTree, parseSync, Visitor } from 'rolldown/utils';

/** A text in the code: a string, or a part of a template between its expressions. */
export interface Text {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * The strings and the parts of templates in a file, by its syntax tree, but for the names
 * of modules.
 */
export function textsIn(file: string, code: string): readonly Text[] {
  const found: Text[] = [];
  const modules = new Set<number>();
  const add = (start: number, text: string): void => {
    if (modules.has(start)) return;
    found.push({ file, line: code.slice(0, start).split('\n').length, text });
  };
  const exclude = ({ source }: { readonly source: ESTree.Expression | null }): void => {
    if (source !== null) modules.add(source.start);
  };
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);
  new Visitor({
    ImportDeclaration: exclude,
    ExportNamedDeclaration: exclude,
    ExportAllDeclaration: exclude,
    ImportExpression: exclude,
    TSModuleDeclaration({ id }) {
      modules.add(id.start);
    },
    Literal({ start, value }) {
      if (typeof value === 'string') add(start, value);
    },
    TemplateElement({ start, value }) {
      add(start, value.cooked ?? value.raw);
    },
  }).visit(program);
  return found;
}
