import { type App, appPlace } from './app.ts';
import { type AppFinding, type AppFindingCode, finding, type Place, quoted } from './finding.ts';
import type { Literal, Meaning } from './swift/evaluation.ts';
import {
  argumentOf,
  argumentsOf,
  callsOf,
  declarationsOf,
  placeAt,
  type SwiftCall,
  stringsOf,
} from './swift/source.ts';
import type { Span } from './swift/tokens.ts';

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
    return [finding('category-missing', message, hint, appPlace(app))];
  }
  if (category !== undefined) return judgeRegistration(app, category);
  const hint = `The tenant's pushes name it: identifier: "${categoryId}".`;
  const subject = `UNNotificationCategory has the identifier ${categoryId}`;
  return [identifierFinding('category-identifier-wrong', subject, hint, categories, placeOf(first))];
}

function judgeRegistration(app: App, category: Made): readonly AppFinding[] {
  const calls = callsOf(app.sources, 'setNotificationCategories');
  const [last] = calls.slice(-1);
  const hint = 'UNUserNotificationCenter.current().setNotificationCategories([category])';
  if (last === undefined) {
    const message = 'The notification category is created but not registered.';
    return [finding('category-not-registered', message, hint, placeOf(category))];
  }
  if (calls.some((call) => mayHold(app, call, argumentsOf(call)[0], 'UNNotificationCategory', category.call)))
    return [];
  const message = `The category ${categoryId} is not among the registered ones.`;
  return [finding('category-not-registered', message, hint, placeAt(last.source, last.at))];
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
      return [identifierFinding(code, subject, hint, likeliest, place)];
    }
    if (category === undefined) return [];
    const listed = argumentOf(category.call, 'actions');
    if (mayHold(app, category.call, listed, 'UNNotificationAction', action.call)) return [];
    const message = `The action ${id} is not among the actions of the category.`;
    const hint = 'UNNotificationCategory(identifier: …, actions: [approve, deny], …)';
    return [finding(code, message, hint, placeOf(category))];
  });
}

/** That no call has the identifier, reported at the likeliest one; a warning if it may have. */
function identifierFinding(
  code: AppFindingCode,
  subject: string,
  hint: string,
  all: readonly Made[],
  otherwise: Place,
): AppFinding {
  const unclear = all.find(({ known }) => !known);
  if (unclear !== undefined)
    return finding(code, `It is unclear whether a ${subject}.`, hint, placeOf(unclear), 'warning');
  const [first] = all;
  const [identifier] = first?.identifiers ?? [];
  if (first === undefined || identifier === undefined)
    return finding(code, `No ${subject}.`, hint, otherwise);
  const { call } = first;
  const { source, token, value } = identifier;
  const message = `No ${subject}: this one has ${quoted(String(value))}.`;
  if (source === call.source && source.tokens.slice(call.from, call.to).includes(token))
    return finding(code, message, hint, placeOf(first));
  const declared = { file: source.file, line: token.line };
  const told = `${hint} It is declared in ${declared.file}:${declared.line}.`;
  return finding(code, message, told, { ...placeOf(first), also: [declared] });
}

/** The calls that create one; those without the type, `.init(…)`, are recognized by a label and an identifier. */
function made({ sources, evaluate }: App, type: string, label: string): readonly Made[] {
  const identified = (call: SwiftCall): Made => {
    const argument = argumentOf(call, 'identifier');
    const meanings = argument === null ? [] : evaluate(call.source, argument, 'String');
    const identifiers = meanings.filter((meaning) => meaning.kind === 'literal');
    return { call, identifiers, known: identifiers.length > 0 && identifiers.length === meanings.length };
  };
  const untyped = callsOf(sources, 'init').filter((call) => argumentOf(call, label) !== null);
  return [
    ...callsOf(sources, type).map(identified),
    ...untyped.map(identified).filter(({ identifiers }) => identifiers.length > 0),
  ];
}

/** The one with the identifier; else one whose identifier is unknown, if the sources contain it at all. */
function withIdentifier({ sources }: App, all: readonly Made[], id: string): Made | undefined {
  const own = all.find(({ identifiers }) => identifiers.some(({ value }) => value === id));
  if (own !== undefined) return own;
  const isThere =
    stringsOf(sources).some(({ value }) => value === id) ||
    declarationsOf(sources, id).some(({ declaration }) => declaration.kind === 'case');
  return isThere ? all.find(({ known }) => !known) : undefined;
}

/** False only if everything is known that an argument may list of what a type makes, and one call is not in it. */
function mayHold(
  { evaluate }: App,
  { source }: SwiftCall,
  list: Span | null | undefined,
  type: string,
  wanted: SwiftCall,
): boolean {
  const lists: readonly Meaning[] = list ? evaluate(source, list, type) : [{ kind: 'unknown' }];
  return lists
    .flatMap((each) => (each.kind === 'list' ? each.items.flat() : [each]))
    .some(
      (item) =>
        item.kind !== 'instance' || (item.call.source === wanted.source && item.call.from === wanted.from),
    );
}

function placeOf({ call }: Made): Place {
  return placeAt(call.source, call.at);
}
