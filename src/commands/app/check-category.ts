import type { App } from './app.ts';
import { appPlace, placeOfMatch } from './app.ts';
import { type AppFinding, type AppFindingCode, type Place, quoted } from './finding.ts';
import type { Span } from './swift/lexer.ts';
import type { Literal, Meaning } from './swift/meaning.ts';
import { argumentOf, argumentsOf, callsOf, type SwiftCall } from './swift/meaning.ts';
import { placeAt, stringsOf } from './swift/source.ts';

/** What the tenant's pushes name (the vendor's guide, "Integrate mobile push authenticator"). */
const categoryId = 'MfaNotificationCategoryId';
const actions = [
  { id: 'MfaNotificationApproveActionId', code: 'action-approve-missing' },
  { id: 'MfaNotificationDenyActionId', code: 'action-deny-missing' },
] as const satisfies readonly { id: string; code: AppFindingCode }[];

/** A call that creates a category or an action, with the identifiers that it may get. */
interface Made {
  readonly call: SwiftCall;
  readonly identifiers: readonly Literal[];
  /** False if it may get others, known only at run time. */
  readonly known: boolean;
}

/** Whether the system shows Approve and Deny: the category and its actions have the identifiers that the pushes name. */
export function checkCategory(app: App): readonly AppFinding[] {
  const categories = made(app, 'UNNotificationCategory', 'actions');
  const category = withIdentifier(app, categories, categoryId);
  return [...judgeCategory(app, categories, category), ...judgeActions(app, category ?? categories[0])];
}

function judgeCategory(
  app: App,
  categories: readonly Made[],
  category: Made | undefined,
): readonly AppFinding[] {
  const [first] = categories;
  if (first === undefined) {
    const message = 'No Swift source creates a UNNotificationCategory.';
    const hint = `Its identifier is ${categoryId}, its actions are Approve and Deny.`;
    return [{ code: 'category-missing', level: 'error', message, hint, ...appPlace(app) }];
  }
  if (category === undefined) {
    const hint = `The tenant's pushes name it: identifier: "${categoryId}".`;
    const subject = `UNNotificationCategory has the identifier ${categoryId}`;
    return [
      { code: 'category-identifier-wrong', ...identifierFinding(subject, hint, categories, placeOf(first)) },
    ];
  }
  return judgeRegistration(app, category);
}

function judgeRegistration(app: App, category: Made): readonly AppFinding[] {
  const calls = callsOf(app.sources, 'setNotificationCategories');
  const [last] = calls.slice(-1);
  const hint = 'UNUserNotificationCenter.current().setNotificationCategories([category])';
  if (last === undefined) {
    const message = 'The notification category is created but not registered.';
    return [{ code: 'category-not-registered', level: 'error', message, hint, ...placeOf(category) }];
  }
  const registered = calls.flatMap((call) =>
    listedIn(app, call, argumentsOf(call)[0] ?? null, 'UNNotificationCategory'),
  );
  if (mayHold(registered, category.call)) return [];
  const message = `The category ${categoryId} is not among the registered ones.`;
  const place = placeAt(last.source, last.offset);
  return [{ code: 'category-not-registered', level: 'error', message, hint, ...place }];
}

function judgeActions(app: App, category: Made | undefined): readonly AppFinding[] {
  const all = made(app, 'UNNotificationAction', 'title');
  // If there is neither, the finding about the category is enough.
  if (category === undefined && all.length === 0) return [];
  const found = actions.map(({ id }) => withIdentifier(app, all, id));
  const strays = all.filter((action) => !found.includes(action));
  return actions.flatMap(({ id, code }, index): readonly AppFinding[] => {
    const action = found[index];
    if (action === undefined) {
      const hint = `It identifies the answer: identifier: "${id}".`;
      const subject = `UNNotificationAction has the identifier ${id}`;
      const place = category === undefined ? appPlace(app) : placeOf(category);
      const unclear = strays.filter(({ known }) => !known);
      const likeliest = unclear.length > 0 ? unclear : strays.splice(0, 1);
      return [{ code, ...identifierFinding(subject, hint, likeliest, place) }];
    }
    if (category === undefined) return [];
    const listed = argumentOf(category.call, 'actions');
    if (mayHold(listedIn(app, category.call, listed, 'UNNotificationAction'), action.call)) return [];
    const message = `The action ${id} is not among the actions of the category.`;
    const hint = 'UNNotificationCategory(identifier: …, actions: [approve, deny], …)';
    return [{ code, level: 'error', message, hint, ...placeOf(category) }];
  });
}

/** That no call has the identifier, reported at the likeliest one; a warning if it may have. */
function identifierFinding(
  subject: string,
  hint: string,
  all: readonly Made[],
  otherwise: Place,
): Omit<AppFinding, 'code'> {
  const unclear = all.find(({ known }) => !known);
  if (unclear !== undefined)
    return { level: 'warning', message: `It is unclear whether a ${subject}.`, hint, ...placeOf(unclear) };
  const [first] = all;
  const [identifier] = first?.identifiers ?? [];
  if (first === undefined || identifier === undefined)
    return { level: 'error', message: `No ${subject}.`, hint, ...otherwise };
  const { source, offset, value } = identifier;
  const message = `No ${subject}: this one has ${quoted(String(value))}.`;
  if (source === first.call.source && first.call.start <= offset && offset < first.call.end)
    return { level: 'error', message, hint, ...placeOf(first) };
  const declared = placeAt(source, offset);
  const told = `${hint} It is declared in ${declared.file}:${declared.line}.`;
  return { level: 'error', message, hint: told, ...placeOf(first), also: [declared] };
}

/** The calls that create one; those without the type, `.init(…)`, are recognized by a label and an identifier. */
function made(app: App, type: string, label: string): readonly Made[] {
  const { sources, evaluate } = app;
  const identified = (call: SwiftCall): Made => {
    const argument = argumentOf(call, 'identifier');
    const meanings = argument === null ? [] : evaluate(call.source, argument, 'String');
    const identifiers = meanings.filter((meaning) => meaning.kind === 'literal');
    return { call, identifiers, known: identifiers.length > 0 && identifiers.length === meanings.length };
  };
  const alias = new RegExp(
    `\\btypealias\\s+(\\w+)\\s*=\\s*(?:UserNotifications\\.)?${type}\\b(?!\\s*[.<&])`,
    'g',
  );
  const names = sources.flatMap(({ code }) => [...code.matchAll(alias)].map(([, name = '']) => name));
  const typed = [...new Set([type, ...names])].flatMap((name) => callsOf(sources, name));
  const untyped = callsOf(sources, 'init').filter((call) => argumentOf(call, label) !== null);
  return [
    ...typed.map(identified),
    ...untyped.map(identified).filter(({ identifiers }) => identifiers.length > 0),
  ];
}

/** The one with the identifier; else one whose identifier is unknown, if the sources contain it at all. */
function withIdentifier({ sources }: App, all: readonly Made[], id: string): Made | undefined {
  return (
    all.find(({ identifiers }) => identifiers.some(({ value }) => value === id)) ??
    (stringsOf(sources).some(({ value }) => value === id) ||
    placeOfMatch(sources, new RegExp(`\\bcase\\b[^\\n]{0,300}\\b${id}\\b`)) !== null
      ? all.find(({ known }) => !known)
      : undefined)
  );
}

/** The possible values of an argument that lists what a type makes. */
function listedIn(app: App, { source }: SwiftCall, list: Span | null, type: string): readonly Meaning[] {
  return list === null ? [{ kind: 'unknown' }] : app.evaluate(source, list, type);
}

/** False only if everything that a list may hold is known, and the call is not in it. */
function mayHold(lists: readonly Meaning[], { source, start }: SwiftCall): boolean {
  const items = lists.flatMap((list) => (list.kind === 'list' ? list.items.flat() : [list]));
  return items.some(
    (item) =>
      item.kind !== 'instance' ||
      item.call === null ||
      (item.call.source === source && item.call.start === start),
  );
}

function placeOf({ call }: Made): Place {
  return placeAt(call.source, call.offset);
}
