import type { App } from './app.ts';
import { approveId, categoryId, denyId } from './check-category.ts';
import { type AppFinding, atLevel, finding } from './finding.ts';
import type { Span, SwiftSource } from './swift/source.ts';
import { markIn, pathOf } from './swift/spans.ts';
import type { Strings } from './swift/values.ts';

/** A comparison of what a response names with what the app expects. */
interface Comparison extends Strings {
  readonly source: SwiftSource;
  readonly at: number;
}

/** Whether the delegate tells the choices apart by the guide's identifiers. */
export function checkDelegate(app: App): readonly AppFinding[] {
  return [...checkChoice(app), ...checkComparedCategory(app)];
}

function checkChoice(app: App): readonly AppFinding[] {
  const [method] = app.code
    .functions('userNotificationCenter')
    .filter(({ parameters }) => parameters.some(({ label }) => label === 'didReceive'));
  if (method === undefined) return [];
  const reads = readsOf(app, 'actionIdentifier');
  const [first] = reads;
  if (first === undefined) {
    const message = 'No Swift source reads actionIdentifier, which names the choice.';
    const hint = `Compare response.actionIdentifier with ${approveId} and ${denyId}.`;
    return [finding('choice-not-read', message, hint, method.source.place(method.at))];
  }
  const compared = reads.flatMap((read) => comparisonsWith(read, app));
  const known = new Set(compared.flatMap((each) => each.known));
  const missing = [approveId, denyId].filter((id) => !known.has(id));
  const strays = [...known].filter((id) => id !== approveId && id !== denyId);
  const open = compared.find(({ isOpen }) => isOpen);
  // The other choice may be what is left.
  const isRest = missing.length === 1 && strays.length === 0 && open === undefined;
  if (missing.length === 0 || isRest) return [];
  if (open !== undefined || known.size === 0) {
    const { source, at } = open ?? { source: first.source, at: first.from };
    const message = 'The comparison of actionIdentifier is not checked: it could not be followed.';
    return [notFollowed(message, source, at)];
  }
  const stray = compared.find((each) => each.known.some((id) => strays.includes(id)));
  const { source, at } = stray ?? { source: first.source, at: first.from };
  const wanted = missing.join(' and ');
  const message = `actionIdentifier is compared with ${listed(strays)}, not with ${wanted}.`;
  const hint = "Compare it with the identifiers of the guide, which the tenant's pushes name.";
  return [finding('action-comparison-wrong', message, hint, source.place(at))];
}

/** An app may have categories of its own beside the guide's. */
function checkComparedCategory(app: App): readonly AppFinding[] {
  const compared = readsOf(app, 'categoryIdentifier').flatMap((read) => comparisonsWith(read, app));
  const [first] = compared;
  const known = [...new Set(compared.flatMap((each) => each.known))];
  if (first === undefined || known.includes(categoryId)) return [];
  const open = compared.find(({ isOpen }) => isOpen);
  if (open !== undefined) {
    const message =
      'The comparison of categoryIdentifier is not checked: it could not be followed.';
    return [notFollowed(message, open.source, open.at)];
  }
  const message = `categoryIdentifier is compared with ${listed(known)}, not with ${categoryId}.`;
  const hint = `The tenant's pushes have the category ${categoryId}.`;
  const place = first.source.place(first.at);
  return [atLevel('warning', finding('category-comparison-wrong', message, hint, place))];
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ');
}

function notFollowed(message: string, source: SwiftSource, at: number): AppFinding {
  const hint = 'Compare it with a string or with a constant of the app, or check it by hand.';
  return atLevel('info', finding('choice-not-followed', message, hint, source.place(at)));
}

/** The most places that read a property, or a constant. */
const readsLimit = 200;

/** The places that read a property of another value, with the path to it. */
function readsOf({ code }: App, property: string): readonly Span[] {
  const reads = code.with(property).flatMap((source) =>
    source
      .uses(property)
      .filter((at) => source.text(at - 1) === '.' && source.text(at + 1) !== '=')
      .map((at) => ({ source, from: startOfPath(source, at), to: at + 1 })),
  );
  return reads.slice(0, readsLimit);
}

function startOfPath(source: SwiftSource, end: number): number {
  let at = end;
  while (source.text(at - 1) === '.' && source.name(at - 2) !== null) at -= 2;
  return at;
}

/** The comparisons with a value, or with a constant that has it. */
function comparisonsWith(read: Span, app: App, depth = 0): readonly Comparison[] {
  const { source, from, to } = read;
  const before = source.text(from - 1);
  const after = source.text(to);
  if (depth > 3) return [];
  if (isEquality(after))
    return compared(app, { source, from: to + 1, to: endOfSide(source, to + 1) });
  if (isEquality(before)) {
    const start = startOfPath(source, from - 2);
    return compared(app, { source, from: start, to: from - 1 });
  }
  if (before === ':' && source.text(from - 2) === 'rawValue') {
    const type = source.name(from - 4) ?? '';
    return [{ ...app.values.rawValues(type), source, at: from - 4 }];
  }
  if (before === 'switch' && after === '{') return patternsIn(app, source, to);
  const named = before === '=' ? nameBefore(source, from - 1) : null;
  if (named === null) return [];
  return usesOf(app, source, named).flatMap((use) =>
    comparisonsWith({ source, from: use, to: use + 1 }, app, depth + 1),
  );
}

function isEquality(text: string): boolean {
  return text === '==' || text === '!=';
}

/** The end of the right side of a comparison. */
function endOfSide(source: SwiftSource, from: number): number {
  let at = from;
  while (at < source.length) {
    const text = source.isString(at) ? '' : source.text(at);
    if (/^(?:&&|\|\||[?,;:)\]{}]|else)$/.test(text) || (at > from && source.isFirst(at))) return at;
    at = text === '(' || text === '[' ? source.closing(at) + 1 : at + 1;
  }
  return at;
}

/** The comparison with an expression, unless that is a choice that iOS names. */
function compared({ values }: App, side: Span): readonly Comparison[] {
  const { source, from } = side;
  const [name = ''] = pathOf(side)?.slice(-1) ?? [];
  const isSystem = /^UNNotification(?:Default|Dismiss)ActionIdentifier$/.test(name);
  return isSystem ? [] : [{ ...values.strings(side), source, at: from }];
}

/** The patterns of a `switch`. @param brace of its body */
function patternsIn(app: App, source: SwiftSource, brace: number): readonly Comparison[] {
  const end = source.closing(brace);
  const cases = source
    .uses('case')
    .filter((at) => at > brace && at < end && source.block(at) === brace);
  return cases.flatMap((at) => {
    const colon = markIn({ source, from: at + 1, to: end }, ':') ?? end;
    const to = markIn({ source, from: at + 1, to: colon }, 'where') ?? colon;
    return source
      .items({ from: at + 1, to })
      .filter(({ from }) => !/^(?:let|var|_)$/.test(source.text(from)))
      .flatMap((item) => compared(app, item));
  });
}

/** The constant that gets a value. @param at index of the equals sign */
function nameBefore(source: SwiftSource, at: number): number | null {
  for (let named = at - 1; named > at - 10 && named > 0; named--)
    if (/^(?:let|var)$/.test(source.text(named - 1))) return named;
  return null;
}

/** The places that read a constant. @param named index of its declaration */
function usesOf({ code }: App, source: SwiftSource, named: number): readonly number[] {
  const name = source.text(named);
  return source
    .uses(name)
    .filter((at) => at !== named && source.text(at - 1) !== '.')
    .slice(0, readsLimit)
    .filter((at) => code.lookUp(name, source, at).some((each) => each.at === named));
}
