import { type App, appPlace } from './app.ts';
import { type AppFinding, type AppFindingCode, finding, worded } from './finding.ts';
import type { Span, SwiftCall } from './swift/code.ts';
import type { Value } from './swift/values.ts';

/** The names in the tenant's pushes (the vendor's guide, "Integrate mobile push authenticator"). */
const categoryId = 'MfaNotificationCategoryId';
const actions = [
  { id: 'MfaNotificationApproveActionId', code: 'action-approve-missing' },
  { id: 'MfaNotificationDenyActionId', code: 'action-deny-missing' },
] as const satisfies readonly { id: string; code: AppFindingCode }[];

/** A call that creates a category or an action, with its possible identifiers. */
type Made = ReturnType<typeof made>[number];

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
  if (category === undefined) {
    const hint = `The tenant's pushes name it: identifier: "${categoryId}".`;
    const subject = `UNNotificationCategory has the identifier ${categoryId}`;
    return [identifierFinding(app, 'category-identifier-wrong', subject, hint, categories, first)];
  }
  const calls = app.swift.callsOf('setNotificationCategories');
  const [last] = calls.slice(-1);
  if (calls.some((call) => mayHold(app, app.swift.itemsIn(call)[0], category))) return [];
  const message =
    last === undefined
      ? 'The notification category is created but not registered.'
      : `The category ${categoryId} is not among the registered ones.`;
  const hint = 'UNUserNotificationCenter.current().setNotificationCategories([category])';
  return [finding('category-not-registered', message, hint, app.swift.placeAt((last ?? category).at))];
}

function judgeActions(app: App, category: Made | undefined): readonly AppFinding[] {
  const all = made(app, 'UNNotificationAction', 'title');
  // Without both, the finding about the category is enough.
  if (category === undefined && all.length === 0) return [];
  const found = actions.map(({ id }) => withIdentifier(app, all, id));
  const strays = all.filter((action) => !found.includes(action));
  return actions.flatMap(({ id, code }, index): readonly AppFinding[] => {
    const action = found[index];
    if (action === undefined) {
      const hint = `It identifies the answer: identifier: "${id}".`;
      const subject = `UNNotificationAction has the identifier ${id}`;
      const isUnclear = strays.some(({ known }) => !known);
      const likeliest = isUnclear ? strays : strays.splice(0, 1);
      return [identifierFinding(app, code, subject, hint, likeliest, category)];
    }
    const listed = category && app.swift.argumentOf(category, 'actions');
    if (category === undefined || mayHold(app, listed, action)) return [];
    const message = `The action ${id} is not among the actions of the category.`;
    const hint = 'UNNotificationCategory(identifier: …, actions: [approve, deny], …)';
    return [finding(code, message, hint, app.swift.placeAt(category.at))];
  });
}

/** That no call has the identifier, reported at the likeliest one, else at another; a warning if it may have. */
function identifierFinding(
  app: App,
  code: AppFindingCode,
  subject: string,
  hint: string,
  all: readonly Made[],
  otherwise: SwiftCall | undefined,
): AppFinding {
  const { swift } = app;
  const call = all.find(({ known }) => !known) ?? all[0] ?? otherwise;
  const place = call === undefined ? appPlace(app) : swift.placeAt(call.at);
  if (all.some(({ known }) => !known))
    return finding(code, `It is unclear whether a ${subject}.`, hint, place, 'warning');
  const [identifier] = all[0]?.identifiers ?? [];
  if (call === undefined || identifier === undefined) return finding(code, `No ${subject}.`, hint, place);
  const message = `No ${subject}: this one has "${worded(String(identifier.value))}".`;
  if (identifier.at > call.from && identifier.at < call.to) return finding(code, message, hint, place);
  const declared = swift.placeAt(identifier.at);
  const told = `${hint} It is declared in ${declared.file}:${declared.line}.`;
  return finding(code, message, told, { ...place, also: [declared] });
}

/** The calls that create one; those without the type, `.init(…)`, are recognized by a label and an identifier. */
function made({ swift, values }: App, type: string, label: string) {
  const calls = [...swift.callsOf(type), ...swift.callsOf('init')].map((call) => {
    const argument = swift.argumentOf(call, 'identifier');
    const all = argument === null ? [] : values.of(argument);
    const identifiers = all.filter((value) => value.kind === 'literal');
    // It may get others, known only at run time.
    return { ...call, identifiers, known: identifiers.length > 0 && identifiers.length === all.length };
  });
  return calls.filter(
    ({ identifiers, ...call }) =>
      swift.text(call.at) === type || (identifiers.length > 0 && swift.argumentOf(call, label) !== null),
  );
}

/** The one with the identifier; else one whose identifier is unknown, if the sources contain it at all. */
function withIdentifier({ swift }: App, all: readonly Made[], id: string): Made | undefined {
  const own = all.find(({ identifiers }) => identifiers.some(({ value }) => value === id));
  if (own !== undefined) return own;
  const isThere =
    swift.tokens.some(({ value }) => value === id) ||
    swift.declarationsOf(id).some(({ kind }) => kind === 'case');
  return isThere ? all.find(({ known }) => !known) : undefined;
}

/** False only if all items that an argument may list are known, and none is the result of the call. */
function mayHold({ swift, values }: App, list: Span | null | undefined, wanted: SwiftCall): boolean {
  const listed: readonly Value[] = list ? values.of(list) : [{ kind: 'unknown' }];
  const isOther = (each: Value): boolean =>
    each.kind === 'made' && each.at !== wanted.at && /^(?:init|UNNotification\w*)$/.test(swift.text(each.at));
  return !listed.every(isOther);
}
