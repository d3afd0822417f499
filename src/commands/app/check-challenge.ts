import { type App, appPlace, findFunction, findResponseMethod } from './app.ts';
import { type AppFinding, finding, type Place } from './finding.ts';
import { scopeAt } from './swift/declarations.ts';
import type { Meaning } from './swift/evaluation.ts';
import {
  argumentOf,
  callsOf,
  declarationsOf,
  placeAt,
  placeOf,
  reaches,
  type Spot,
  type SwiftSource,
  stringsOf,
  typeInheriting,
  usesOf,
} from './swift/source.ts';
import { nameAt, textAt } from './swift/tokens.ts';

/** Whether the tenant learns the device token: the app registers with APNs and passes the token to the vendor's SDK. */
export function checkRegistration(app: App): readonly AppFinding[] {
  const { sources } = app;
  const findings: AppFinding[] = [];
  const swiftUi = typeInheriting(sources, 'App', 'SwiftUI.App');
  const hasDelegate = typeInheriting(sources, 'UIApplicationDelegate') !== null;
  if (swiftUi !== null && hasDelegate && placeOf(sources, 'UIApplicationDelegateAdaptor') === null) {
    const message = 'The SwiftUI app does not use its app delegate.';
    const hint = '@UIApplicationDelegateAdaptor(AppDelegate.self) private var appDelegate';
    findings.push(finding('app-delegate-not-connected', message, hint, swiftUi));
  }
  if (placeOf(sources, 'registerForRemoteNotifications') === null) {
    const message = 'No Swift source registers for remote notifications.';
    const hint = 'UIApplication.shared.registerForRemoteNotifications(), once permission is granted.';
    const place = placeOf(sources, 'requestAuthorization') ?? appPlace(app);
    findings.push(finding('remote-registration-missing', message, hint, place));
  }
  const callback = findFunction(sources, 'application', 'didRegisterForRemoteNotificationsWithDeviceToken');
  if (callback !== null && reaches(sources, callback, 'handlePushToken')) return findings;
  const elsewhere = callback !== null && isUsed(sources, 'handlePushToken');
  const message =
    callback === null
      ? 'No Swift source implements didRegisterForRemoteNotificationsWithDeviceToken.'
      : elsewhere
        ? 'It is unclear how the device token gets to handlePushToken(token:baseURL:).'
        : 'The device token is not passed to handlePushToken(token:baseURL:).';
  const hint = 'CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: …)';
  const place = callback === null ? appPlace(app) : placeAt(callback.source, callback.named);
  return [
    ...findings,
    finding('push-token-not-handled', message, hint, place, elsewhere ? 'warning' : 'error'),
  ];
}

/** Whether a function is called from anywhere but a function that nothing names: an app may keep the token for later. */
function isUsed(sources: readonly SwiftSource[], name: string): boolean {
  return callsOf(sources, name).some(({ source, at }) => {
    let scope = scopeAt(source.scopes, source.tokens[at]?.start ?? 0);
    while (scope.function === null && scope.parent !== null) scope = scope.parent;
    return scope.function === null || usesOf(sources, scope.function.name).length > 0;
  });
}

/** The path to the challenge in a tenant's push. */
const challengeKeys: readonly string[] = ['payload', 'Options', 'ChallengeAnswer'];

/** Whether the challenge is read from its place in the tenant's push: `payload` → `Options` → `ChallengeAnswer`. */
export function checkChallenge(app: App): readonly AppFinding[] {
  const literals = stringsOf(app.sources);
  const isDeclared = (key: string): boolean =>
    declarationsOf(app.sources, key).some(
      ({ declaration: { kind, type } }) => kind === 'case' || (kind !== 'parameter' && type !== null),
    );
  const missing = challengeKeys.filter(
    (key) => !literals.some(({ value }) => value.split('.').includes(key)) && !isDeclared(key),
  );
  if (missing.length === 0) return [];
  const near =
    literals.find(({ value }) => missing.some((key) => key.toLowerCase() === value.toLowerCase())) ??
    literals.findLast(({ value }) => challengeKeys.includes(value));
  const message = `The challenge is not read from payload, Options, ChallengeAnswer: ${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not occur.`;
  const hint = 'userInfo["payload"] contains "Options", which contains "ChallengeAnswer"; capitals count.';
  return [finding('challenge-not-read', message, hint, near?.place ?? answerPlace(app))];
}

/** Whether both answers reach the vendor's SDK. */
export function checkAnswer(app: App): readonly AppFinding[] {
  const hint =
    'handleMFAChallenge(isAccepted: …, challenge: …, baseURL: …, withCompletionHandler: …), true for Approve and false for Deny.';
  const calls = callsOf(app.sources, 'handleMFAChallenge');
  if (calls.length === 0) {
    const message = 'No Swift source calls handleMFAChallenge.';
    return [finding('challenge-not-answered', message, hint, answerPlace(app))];
  }
  const answers = calls.flatMap((call): readonly Meaning[] => {
    const argument = argumentOf(call, 'isAccepted');
    return argument === null ? [{ kind: 'unknown' }] : app.evaluate(call.source, argument, 'Bool');
  });
  const [last] = answers.slice(-1);
  if (last?.kind !== 'literal' || typeof last.value !== 'boolean') return [];
  if (answers.some((answer) => answer.kind !== 'literal' || answer.value !== last.value)) return [];
  const message = `handleMFAChallenge is only ever called with isAccepted: ${last.value}.`;
  return [finding('answer-one-sided', message, hint, { file: last.source.file, line: last.token.line })];
}

/** Where the answer arrives, or should. */
function answerPlace(app: App): Place {
  const method = findResponseMethod(app.sources);
  return method === null ? appPlace(app) : placeAt(method.source, method.named);
}

/** What a push needs to be seen and heard. */
const options = ['badge', 'sound', 'alert'] as const;

/** Whether the app asks for badge, sound and alert. */
export function checkAuthorization(app: App): readonly AppFinding[] {
  const all = callsOf(app.sources, 'requestAuthorization');
  // Photos, Health and others have a method with that name, too; its arguments tell them apart.
  const calls = all.filter((call) => argumentOf(call, 'options') !== null);
  const hint =
    'UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }';
  const [call = all[0]] = calls;
  if (call === undefined) {
    const message = 'No Swift source asks for permission to notify.';
    return [finding('authorization-missing', message, hint, appPlace(app))];
  }
  const asked = calls.flatMap((each) => {
    const given = argumentOf(each, 'options');
    return given === null ? [] : optionsIn(app.evaluate(each.source, given, 'UNAuthorizationOptions'));
  });
  const missing = options.filter((option) => !asked.includes(option));
  if (missing.length === 0) return [];
  const message = `The requested permission leaves out: ${missing.join(', ')}.`;
  return [finding('authorization-incomplete', message, hint, placeAt(call.source, call.at))];
}

/** The options named; all of them if one cannot be read. */
function optionsIn(meanings: readonly Meaning[]): readonly string[] {
  return meanings.flatMap((meaning) => {
    if (meaning.kind === 'list') return meaning.items.flatMap(optionsIn);
    return meaning.kind === 'member' ? [meaning.name] : options;
  });
}

/** Whether answers arrive: the center has a delegate, and the delegate has the method. */
export function checkDelegate(app: App): readonly AppFinding[] {
  const findings: AppFinding[] = [];
  if (!setsDelegate(app.sources)) {
    const message = 'No Swift source sets the delegate of UNUserNotificationCenter.';
    const hint = 'UNUserNotificationCenter.current().delegate = self, before launching finishes.';
    findings.push(finding('delegate-missing', message, hint, appPlace(app)));
  }
  if (findResponseMethod(app.sources) === null) {
    const message = 'No Swift source implements userNotificationCenter(_:didReceive:withCompletionHandler:).';
    const hint = 'Approve and Deny arrive there, in the delegate of UNUserNotificationCenter.';
    const place = placeOf(app.sources, 'UNUserNotificationCenterDelegate') ?? appPlace(app);
    findings.push(finding('delegate-method-missing', message, hint, place));
  }
  return findings;
}

const center = ['UNUserNotificationCenter', '.', 'current', '(', ')'];

/** Whether a source sets it on `UNUserNotificationCenter.current()`, or on a name that stands for it. */
function setsDelegate(sources: readonly SwiftSource[]): boolean {
  const isCenter = ({ source, at }: Spot): boolean =>
    center.every((text, index) => textAt(source, at + index) === text);
  const names = usesOf(sources, 'UNUserNotificationCenter').flatMap(({ source, at }) => {
    const before = textAt(source, at - 1);
    if (before !== ':' && (before !== '=' || !isCenter({ source, at }))) return [];
    return nameAt(source, textAt(source, at - 3) === ':' ? at - 4 : at - 2) ?? [];
  });
  return usesOf(sources, 'delegate').some(({ source, at }) => {
    if (textAt(source, at - 1) !== '.' || textAt(source, at + 1) !== '=') return false;
    const end = /^[?!]$/.test(textAt(source, at - 2)) ? at - 3 : at - 2;
    return names.includes(textAt(source, end)) || isCenter({ source, at: end + 1 - center.length });
  });
}
