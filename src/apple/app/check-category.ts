import { appPlace, placeOfMatch } from './anchors.ts';
import type { App } from './app.ts';
import type { AppFinding, AppFindingCode, Place } from './finding.ts';
import { argumentOf, callsOf, placeAt, type SwiftCall } from './swift-source.ts';
import { type StringValue, stringsFor, stringsOf } from './swift-values.ts';

/** What the tenant's pushes name (the vendor's guide, "Integrate mobile push authenticator"). */
const categoryId = 'MfaNotificationCategoryId';
const actions = [
  { id: 'MfaNotificationApproveActionId', code: 'action-approve-missing' },
  { id: 'MfaNotificationDenyActionId', code: 'action-deny-missing' },
] as const satisfies readonly { id: string; code: AppFindingCode }[];

/** A call that makes a category or an action, with the identifiers that it may be given. */
interface Made {
  readonly call: SwiftCall;
  /** Empty where the identifier is only known when the app runs. */
  readonly identifiers: readonly StringValue[];
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
    const message = 'No Swift source makes a UNNotificationCategory.';
    const hint = `Its identifier is ${categoryId}, its actions are Approve and Deny.`;
    return [{ code: 'category-missing', level: 'error', message, hint, ...appPlace(app) }];
  }
  if (category === undefined) {
    const message = `No UNNotificationCategory has the identifier ${categoryId}.`;
    const hint = `The tenant's pushes name it: identifier: "${categoryId}".`;
    return [{ code: 'category-identifier-wrong', level: 'error', message, hint, ...placeOf(first) }];
  }
  if (callsOf(app.sources, 'setNotificationCategories').length > 0) return [];
  const message = 'The notification category is made, and not registered.';
  const hint = 'UNUserNotificationCenter.current().setNotificationCategories([category])';
  return [
    {
      code: 'category-not-registered',
      level: 'error',
      message,
      hint,
      ...placeAt(category.call.source, category.call.offset),
    },
  ];
}

function judgeActions(app: App, category: Made | undefined): readonly AppFinding[] {
  const all = made(app, 'UNNotificationAction', 'title');
  const found = actions.map(({ id }) => withIdentifier(app, all, id));
  const strays = all.filter((action) => !found.includes(action));
  return actions.flatMap(({ id, code }, index) => {
    const action = found[index];
    if (action === undefined) {
      const stray = strays.shift();
      const place: Place =
        stray !== undefined
          ? placeOf(stray)
          : category !== undefined
            ? placeAt(category.call.source, category.call.offset)
            : appPlace(app);
      const message = `No UNNotificationAction has the identifier ${id}.`;
      return [
        { code, level: 'error', message, hint: `The answer is told by it: identifier: "${id}".`, ...place },
      ];
    }
    if (category === undefined || mayHold(category.call, action.call)) return [];
    const message = `The action ${id} is not among the actions of the category.`;
    const hint = 'UNNotificationCategory(identifier: …, actions: [approve, deny], …)';
    return [{ code, level: 'error', message, hint, ...placeAt(category.call.source, category.call.offset) }];
  });
}

/** The calls that make one; those that leave the type out, `.init(…)`, are known by a label and an identifier. */
function made({ sources }: App, type: string, label: string): readonly Made[] {
  const identified = (call: SwiftCall): Made => ({
    call,
    identifiers: stringsFor(sources, call, 'identifier'),
  });
  const untyped = callsOf(sources, 'init').filter((call) => argumentOf(call, label) !== null);
  return [
    ...callsOf(sources, type).map(identified),
    ...untyped.map(identified).filter(({ identifiers }) => identifiers.length > 0),
  ];
}

/** The one with the identifier; else one whose identifier cannot be read, where the sources have it at all. */
function withIdentifier({ sources }: App, all: readonly Made[], id: string): Made | undefined {
  return (
    all.find(({ identifiers }) => identifiers.some(({ value }) => value === id)) ??
    (stringsOf(sources).some(({ value }) => value === id) ||
    placeOfMatch(sources, new RegExp(`\\bcase\\b[^\\n]{0,300}\\b${id}\\b`)) !== null
      ? all.find(({ identifiers }) => identifiers.length === 0)
      : undefined)
  );
}

/** False only where the category lists its actions by name, and the action has a name there that is not among them. */
function mayHold(category: SwiftCall, action: SwiftCall): boolean {
  const list = argumentOf(category, 'actions')?.text ?? '';
  if (action.source === category.source && category.start <= action.offset && action.offset < category.end)
    return true;
  const before = action.source.code.slice(Math.max(0, action.offset - 200), action.offset);
  const [, name] = /\b(?:let|var)\s+(\w+)\s*(?::\s*\w+\s*)?=\s*$/.exec(before) ?? [];
  if (name === undefined || !/^\[[\s\w,]*\]$/.test(list)) return true;
  if (action.source !== category.source || !isInScope(action, category.offset)) return true;
  return new RegExp(`\\b${name}\\b`).test(list);
}

/** Whether what is declared with a call has its name at an offset of the same source: in the block that holds the call. */
function isInScope({ source: { brackets, code }, offset }: SwiftCall, at: number): boolean {
  const blocks = [...brackets].filter(
    ([open, close]) => code[open] === '{' && open < offset && offset < close,
  );
  return blocks.every(([open, close]) => open < at && at < close);
}

/** Where the identifier is written, else where the call is. */
function placeOf({ call, identifiers: [first] }: Made): Place {
  return first === undefined ? placeAt(call.source, call.offset) : placeAt(first.source, first.offset);
}
