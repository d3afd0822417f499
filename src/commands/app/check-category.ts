import { type App, appPlace } from './app.ts';
import { type AppFinding, atLevel, finding } from './finding.ts';
import type { Call, SwiftSource } from './swift/source.ts';
import type { End, Strings } from './swift/values.ts';

/**
 * The names in the tenant's pushes (the vendor's guide, "Integrate mobile push
 * authenticator").
 */
export const categoryId = 'MfaNotificationCategoryId';
export const approveId = 'MfaNotificationApproveActionId';
export const denyId = 'MfaNotificationDenyActionId';

const categoryType = 'UNNotificationCategory';
const actionType = 'UNNotificationAction';
const registration = 'setNotificationCategories';

/** A call that makes a category or an action, with the identifiers that it may give. */
interface Made {
  readonly call: Call;
  readonly identifiers: Strings;
}

/** The calls that make a category or an action, by what their identifier is. */
interface Sorted {
  /** It has the guide's identifier. */
  readonly right: Made | null;
  /** Its identifier could not be followed, or is one of several. */
  readonly unclear: Made | null;
  readonly wrong: readonly Made[];
}

/**
 * Whether the system shows Approve and Deny: what is passed to UNNotificationCategory and
 * UNNotificationAction, and to what registers them.
 */
export function checkCategory(app: App): readonly AppFinding[] {
  const categories = made(app, categoryType, 'actions');
  const actions = made(app, actionType, 'title');
  const category = sort(categories, categoryId);
  const [likeliest = null] = categories;
  const found = categories.length === 0 ? [categoryMissing(app)] : judgeCategory(app, category);
  if (likeliest === null && actions.length === 0) return found;
  return [...found, ...judgeActions(app, actions, category.right ?? likeliest)];
}

function made({ code, values }: App, type: string, label: string): readonly Made[] {
  const implicit = code
    .implicitCalls()
    .filter(
      (call) =>
        call.source.argument(call, 'identifier') !== null &&
        call.source.argument(call, label) !== null,
    );
  return [...code.calls(type), ...implicit].flatMap((call): readonly Made[] => {
    const argument = call.source.argument(call, 'identifier');
    if (argument === null) return [{ call, identifiers: { known: [], isOpen: true } }];
    // A function that makes it makes one for each of its calls.
    const given = values.passed(argument) ?? [argument];
    return given.map((each) => ({ call, identifiers: values.strings(each) }));
  });
}

function sort(all: readonly Made[], id: string): Sorted {
  const isSure = ({ identifiers: { known, isOpen } }: Made): boolean =>
    !isOpen && known.length === 1;
  const isWrong = ({ identifiers: { known, isOpen } }: Made): boolean =>
    !isOpen && !known.includes(id);
  return {
    right: all.find((each) => isSure(each) && each.identifiers.known[0] === id) ?? null,
    unclear: all.find((each) => !isWrong(each) && !isSure(each)) ?? null,
    wrong: all.filter(isWrong),
  };
}

function categoryMissing(app: App): AppFinding {
  const message = `No Swift source creates a ${categoryType}.`;
  const hint = `Create it with the identifier ${categoryId} and the actions Approve and Deny.`;
  return finding('category-missing', message, hint, appPlace(app));
}

function judgeCategory(app: App, { right, unclear, wrong }: Sorted): readonly AppFinding[] {
  const isRegistered = app.code.calls(registration).length > 0;
  const [first] = wrong;
  const made = right ?? unclear ?? first;
  const unregistered = isRegistered || made === undefined ? [] : [notRegistered(made.call)];
  if (right !== null) {
    const found = isRegistered ? judgeRegistration(app, right.call) : unregistered;
    return [...found, ...judgeDismissal(app, right.call)];
  }
  if (unclear !== null) return [identifierUnclear(unclear, categoryType), ...unregistered];
  if (first === undefined) return unregistered;
  const hint = `Use the identifier "${categoryId}", which the tenant's pushes name.`;
  const message = `No ${categoryType} has the identifier ${categoryId}: this one has ${shown(first)}.`;
  const place = first.call.source.place(first.call.at);
  return [finding('category-identifier-wrong', message, hint, place), ...unregistered];
}

function notRegistered({ source, at }: Call): AppFinding {
  const message = 'The notification category is created but not registered.';
  const hint = `Call UNUserNotificationCenter.current().${registration}([category]).`;
  return finding('category-not-registered', message, hint, source.place(at));
}

function identifierUnclear({ call, identifiers }: Made, type: string): AppFinding {
  const { known, isOpen } = identifiers;
  const why = isOpen ? 'could not be followed' : `is one of ${known.map(quoted).join(', ')}`;
  const message = `The identifier of this ${type} is not checked: it ${why}.`;
  return notFollowed(message, call.source, call.at);
}

function notFollowed(message: string, source: SwiftSource, at: number): AppFinding {
  const hint = 'Give it as a string or as a constant of the app, or check it by hand.';
  return atLevel('info', finding('category-not-followed', message, hint, source.place(at)));
}

/** Whether the category is among the registered ones. */
function judgeRegistration({ code, values }: App, category: Call): readonly AppFinding[] {
  const calls = code.calls(registration);
  const [last] = calls.slice(-1);
  const listed = calls.map((call) => {
    const [list] = call.source.items(call);
    return list === undefined ? null : holds(values.elements(list, categoryType), category);
  });
  if (last === undefined || listed.includes(true)) return [];
  if (!listed.includes(null)) return [notRegistered(category)];
  const message = `The categories of this ${registration} are not checked: they could not be followed.`;
  return [notFollowed(message, last.source, last.at)];
}

/** Whether a list has the result of a call; null: not known. */
function holds(list: readonly End[] | null, wanted: Call): boolean | null {
  if (list === null) return null;
  const isIt = ({ source, from, to }: End): boolean =>
    source === wanted.source && from <= wanted.at && wanted.to < to;
  if (list.some(isIt)) return true;
  return list.every(isMade) ? false : null;
}

/** Whether an expression makes a category or an action. */
function isMade({ source, to }: End): boolean {
  const name = source.name(source.opening(to - 1) - 1) ?? '';
  return [categoryType, actionType, 'init'].includes(name);
}

/** Whether the app is told of a push that is dismissed. */
function judgeDismissal({ values }: App, category: Call): readonly AppFinding[] {
  const { source, at } = category;
  const options = source.argument(category, 'options');
  const type = 'UNNotificationCategoryOptions';
  const ends = options === null ? [] : values.ends(options, type);
  const members = ends.flatMap((end) => membersOf(end));
  if (members.includes('customDismissAction')) return [];
  if (members.includes(null)) {
    const message = 'The options of this category are not checked: they could not be followed.';
    return [notFollowed(message, source, at)];
  }
  const message = 'The category has no option .customDismissAction.';
  const hint = 'Add options: .customDismissAction, so that the app is told of a dismissed push.';
  return [atLevel('warning', finding('dismiss-action-missing', message, hint, source.place(at)))];
}

/**
 * The members that an option set lists: `.a`, `Type.a` or `[.a, .b]`; null: another one.
 */
export function membersOf({ source, from, to }: End): readonly (string | null)[] {
  if (source.text(from) === '[' && source.closing(from) === to - 1)
    return source
      .items({ from: from + 1, to: to - 1 })
      .flatMap((item) => membersOf({ ...item, text: null }));
  const isMember =
    source.text(to - 2) === '.' && (to - from === 2 || /^\p{Lu}/u.test(source.text(from)));
  return [isMember ? source.name(to - 1) : null];
}

/** Whether there is an action to approve and one to deny, and the category has both. */
function judgeActions(
  app: App,
  all: readonly Made[],
  category: Made | null,
): readonly AppFinding[] {
  const approve = sort(all, approveId);
  const deny = sort(all, denyId);
  const strays = all.filter((each) => each !== approve.right && each !== deny.right);
  const found: AppFinding[] = [];
  const codes = { [approveId]: 'action-approve-missing', [denyId]: 'action-deny-missing' } as const;
  for (const id of [approveId, denyId] as const) {
    const sorted = id === approveId ? approve : deny;
    if (sorted.right !== null) {
      found.push(...judgePlacing(app, sorted.right.call, category, codes[id]));
      continue;
    }
    const stray = strays.length > 1 ? strays.shift() : strays[0];
    if (sorted.unclear !== null) found.push(identifierUnclear(sorted.unclear, actionType));
    else found.push(actionMissing(app, { id, code: codes[id] }, stray ?? null, category));
  }
  const seen = new Set<string>();
  return found.filter(({ message, line }) => {
    const key = `${message} ${line}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

type ActionCode = 'action-approve-missing' | 'action-deny-missing';

function actionMissing(
  app: App,
  { id, code }: { readonly id: string; readonly code: ActionCode },
  stray: Made | null,
  category: Made | null,
): AppFinding {
  const near = stray ?? category;
  const place = near === null ? appPlace(app) : near.call.source.place(near.call.at);
  const its = stray === null ? '' : `: this one has ${shown(stray)}`;
  const message = `No ${actionType} has the identifier ${id}${its}.`;
  const hint = `Use the identifier "${id}", which the tenant's pushes name.`;
  return finding(code, message, hint, place);
}

/** Whether an action is among those of the category. */
function judgePlacing(
  { values }: App,
  action: Call,
  category: Made | null,
  code: ActionCode,
): readonly AppFinding[] {
  if (category === null) return [];
  const { source, at } = category.call;
  const list = source.argument(category.call, 'actions');
  const isListed = list === null ? null : holds(values.elements(list, actionType), action);
  if (isListed === true) return [];
  if (isListed === null) {
    const message = 'The actions of this category are not checked: they could not be followed.';
    return [notFollowed(message, source, at)];
  }
  const message = 'The category does not have this action among its actions.';
  const hint = `Pass it to ${categoryType}(identifier: …, actions: [approve, deny], …).`;
  return [finding(code, message, hint, action.source.place(action.at))];
}

function shown({ identifiers: { known } }: Made): string {
  return known.map(quoted).join(' or ');
}

function quoted(text: string): string {
  return `"${text}"`;
}
