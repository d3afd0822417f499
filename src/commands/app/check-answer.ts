import { type App, appPlace } from './app.ts';
import { type AppFinding, atLevel, finding } from './finding.ts';
import type { SwiftFunction } from './swift/declarations.ts';
import type { SwiftSource } from './swift/source.ts';
import type { End } from './swift/values.ts';

export const answerHint =
  'Call handleMFAChallenge(isAccepted: …, challenge: …, baseURL: …, withCompletionHandler: …), ' +
  'with true for Approve and false for Deny.';

const observer = 'didReceiveMFAApiResponse';

/** The most uses of a completion handler in a function. */
const usesLimit = 20;
/** The most tokens of a condition that are read. */
const longestCondition = 200;
/** Whether both answers are sent. */
export function checkAnswer({ code, values }: App): readonly AppFinding[] {
  const calls = code.calls('handleMFAChallenge');
  const [first] = calls;
  const answers = calls.map((call) => {
    const argument = call.source.argument(call, 'isAccepted');
    return argument === null ? [null] : values.ends(argument).map(truthOf);
  });
  const all = answers.flat();
  if (first === undefined || all.includes('both')) return [];
  if (all.includes('true') && all.includes('false')) return [];
  const open = calls.find((_call, at) => answers[at]?.includes(null) === true);
  if (open !== undefined) {
    const message =
      'isAccepted of this handleMFAChallenge is not checked: it could not be followed.';
    const place = open.source.place(open.at);
    return [atLevel('info', finding('answer-not-followed', message, answerHint, place))];
  }
  const message = `handleMFAChallenge is only ever called with isAccepted: ${all[0]}.`;
  return [finding('answer-one-sided', message, answerHint, first.source.place(first.at))];
}

/** A comparison may come to both; null: not known. */
function truthOf({ source, from, to }: End): 'true' | 'false' | 'both' | null {
  const text = source.text(from);
  if (to === from + 1 && (text === 'true' || text === 'false')) return text;
  for (let at = from; at < Math.min(to, from + longestCondition); at++)
    if (/^(?:[=!]=|&&|\|\||[<>!])$/.test(source.text(at))) return 'both';
  return null;
}

/**
 * Whether the app observes what the SDK tells of the tenant's answer (step 5 of the
 * guide).
 */
export function checkObserver(app: App): readonly AppFinding[] {
  const { code } = app;
  const setters = code.with(observer).flatMap((source) =>
    source
      .uses(observer)
      .filter((at) => source.text(at + 1) === '=' && source.text(at + 2) !== 'nil')
      .map((at) => ({ source, at, setter: code.functionAround(source, at) })),
  );
  const [first] = setters;
  if (first === undefined) {
    const [answer] = code.calls('handleMFAChallenge');
    const place = answer === undefined ? appPlace(app) : answer.source.place(answer.at);
    const message = `No Swift source sets ${observer}, which the SDK calls with the tenant's answer.`;
    const hint =
      'Set it before the first answer, as addMFAObserver() of the guide does: ' +
      `provider.${observer} = { result, message in … }.`;
    return [finding('answer-observer-missing', message, hint, place)];
  }
  if (setters.some(({ setter }) => isReached(app, setter))) return [];
  const name = first.setter?.name ?? '';
  const message = `${observer} is set in ${name}(), which nothing calls.`;
  const hint = `Call ${name}() before the first answer, when the app starts.`;
  return [finding('answer-observer-not-added', message, hint, first.source.place(first.at))];
}

/** False only for a function without parameters that nothing of the app names. */
function isReached({ code }: App, setter: SwiftFunction | null): boolean {
  if (setter === null || setter.name === 'init' || setter.parameters.length > 0) return true;
  const { source, name, at } = setter;
  for (let before = at - 2; before > at - 8 && !/^[{};]$/.test(source.text(before)); before--)
    if (/^(?:override|@)$/.test(source.text(before))) return true;
  const uses = code.with(name).flatMap((each) => each.uses(name).map((use) => each.text(use - 1)));
  return uses.some((before) => before !== 'func');
}

/** Whether the delegate's completion handler is called, or given to what calls it. */
export function checkCompletion(app: App): readonly AppFinding[] {
  const methods = app.code
    .functions('userNotificationCenter')
    .filter(({ parameters }) => parameters.some(({ label }) => label === 'didReceive'));
  return methods.flatMap((method) => {
    const handler = method.parameters.find(({ label }) => label === 'withCompletionHandler');
    if (handler === undefined || method.brace === -1) return [];
    if (isCalled(app, method, handler.name, new Set())) return [];
    const message = `The delegate does not call ${handler.name}, nor give it to anything that does.`;
    const hint =
      `Call ${handler.name}() once the answer is sent: ` +
      `store it, and call it in ${observer}, as the guide does.`;
    return [
      finding('completion-handler-not-called', message, hint, method.source.place(method.at)),
    ];
  });
}

/**
 * Whether a function calls the closure that it gets, stores it for a call, or hands it
 * on.
 * @param seen the functions that have got it so far
 */
function isCalled(app: App, to: SwiftFunction, name: string, seen: Set<SwiftFunction>): boolean {
  const { source, brace } = to;
  if (seen.has(to)) return false;
  seen.add(to);
  const end = source.closing(brace);
  const uses = source
    .uses(name)
    .filter((at) => at > brace && at < end && source.text(at - 1) !== '.')
    .slice(0, usesLimit);
  return uses.some((at) => isCalledAt(app, source, at, seen));
}

function isCalledAt(app: App, source: SwiftSource, at: number, seen: Set<SwiftFunction>): boolean {
  if (source.text(at - 1) === '=') return isStoredCalled(app, source.name(at - 2) ?? '');
  const open = source.around(at);
  const called = source.text(open) === '(' ? source.name(open - 1) : null;
  const label = source.text(at - 1) === ':' ? source.text(at - 2) : null;
  if (called === null || source.text(at + 1) === '(') return true;
  const functions = app.code.functions(called).flatMap((each) => {
    const parameter = each.parameters.find((one) => one.label === label);
    return parameter === undefined || each.brace === -1 ? [] : { each, name: parameter.name };
  });
  if (functions.length === 0) return true;
  return functions.some(({ each, name }) => isCalled(app, each, name, seen));
}

/** Whether a property is read anywhere; it is read to be called. */
function isStoredCalled({ code }: App, name: string): boolean {
  return code.with(name).some((source) =>
    source.uses(name).some((at) => {
      const isDeclaration = /^(?:let|var)$/.test(source.text(at - 1));
      return !isDeclaration && source.text(at + 1) !== '=';
    }),
  );
}
