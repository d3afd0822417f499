import { type App, appPlace } from './app.ts';
import { type AppFinding, finding, type Place } from './finding.ts';
import type { SwiftCode } from './swift/code.ts';
import type { Value } from './swift/values.ts';

/** Whether the app asks to notify, registers its device token, receives answers, and passes them to the vendor's SDK. */
export function checkChallenge(app: App): readonly AppFinding[] {
  return [
    ...checkAuthorization(app),
    ...checkRegistration(app),
    ...checkToken(app),
    ...checkDelegate(app),
    ...checkPayload(app),
    ...checkAnswer(app),
  ];
}

/** The options that make a push visible and audible. */
const options = ['badge', 'sound', 'alert'] as const;
/** The members of UNAuthorizationOptions; any other name stands for some of them. */
const allOptions =
  /^(?:badge|sound|alert|carPlay|criticalAlert|providesAppNotificationSettings|provisional|announcement|timeSensitive)$/;

/** Whether the app asks for badge, sound and alert. */
function checkAuthorization(app: App): readonly AppFinding[] {
  const { swift, values } = app;
  const all = swift.callsOf('requestAuthorization');
  // Photos, Health and others also have a method with that name; its arguments tell them apart.
  const asked = all.flatMap((call) => swift.argumentOf(call, 'options') ?? []);
  const [call = all[0]] = all.filter((each) => swift.argumentOf(each, 'options') !== null);
  const hint =
    'UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }';
  if (call === undefined)
    return [
      finding('authorization-missing', 'No Swift source asks for permission to notify.', hint, appPlace(app)),
    ];
  const given = asked.flatMap((argument) => values.of(argument));
  const named = given.flatMap((value) => (value.kind === 'member' ? value.name : []));
  const isKnown = named.length === given.length && named.every((name) => allOptions.test(name));
  const missing = options.filter((option) => !named.includes(option));
  if (!isKnown || missing.length === 0) return [];
  const message = `The requested permission leaves out: ${missing.join(', ')}.`;
  return [finding('authorization-incomplete', message, hint, swift.placeAt(call.at))];
}

/** Whether the app registers with APNs, and uses its delegate. */
function checkRegistration(app: App): readonly AppFinding[] {
  const { swift } = app;
  const findings: AppFinding[] = [];
  const swiftUi = swift.typeInheriting('App');
  const hasDelegate = swift.typeInheriting('UIApplicationDelegate') !== null;
  if (swiftUi !== null && hasDelegate && swift.placeOf('UIApplicationDelegateAdaptor') === null) {
    const message = 'The SwiftUI app does not use its app delegate.';
    const hint = '@UIApplicationDelegateAdaptor(AppDelegate.self) private var appDelegate';
    findings.push(finding('app-delegate-not-connected', message, hint, swiftUi));
  }
  if (swift.placeOf('registerForRemoteNotifications') === null) {
    const message = 'No Swift source registers for remote notifications.';
    const hint = 'UIApplication.shared.registerForRemoteNotifications(), once permission is granted.';
    const place = swift.placeOf('requestAuthorization') ?? appPlace(app);
    findings.push(finding('remote-registration-missing', message, hint, place));
  }
  return findings;
}

/** Whether the tenant learns the device token: the app passes it to the vendor's SDK, or keeps it for later. */
function checkToken(app: App): readonly AppFinding[] {
  const { swift } = app;
  const callback = swift.functionNamed('application', 'didRegisterForRemoteNotificationsWithDeviceToken');
  // The functions that name it, and those that name them in turn; the loop also visits the names that it adds.
  const names = new Set(['handlePushToken']);
  let isUsed = false;
  for (const name of names) {
    for (const around of swift.usesOf(name).map((at) => swift.functionAt(at))) {
      if (around !== null && around === callback) return [];
      isUsed ||= around === null || swift.usesOf(swift.text(around)).length > 0;
      if (around !== null) names.add(swift.text(around));
    }
  }
  const isUnclear = callback !== null && isUsed;
  const message =
    callback === null
      ? 'No Swift source implements didRegisterForRemoteNotificationsWithDeviceToken.'
      : isUnclear
        ? 'It is unclear how the device token gets to handlePushToken(token:baseURL:).'
        : 'The device token is not passed to handlePushToken(token:baseURL:).';
  const hint = 'CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: …)';
  const place = callback === null ? appPlace(app) : swift.placeAt(callback);
  return [finding('push-token-not-handled', message, hint, place, isUnclear ? 'warning' : 'error')];
}

const center = 'UNUserNotificationCenter';

/** Whether a source sets it on `UNUserNotificationCenter.current()`, or on a name that is declared as one. */
function setsDelegate(swift: SwiftCode): boolean {
  return swift.usesOf('delegate').some((at) => {
    if (swift.text(at - 1) !== '.' || swift.text(at + 1) !== '=') return false;
    const end = /^[?!]$/.test(swift.text(at - 2)) ? at - 3 : at - 2;
    if (swift.text(end) === ')') return swift.text(end - 4) === center;
    // The name is followed by `:` or `=`, and the type or a call of its member.
    return swift.declarationsOf(swift.text(end)).some((declared) => swift.text(declared.at + 2) === center);
  });
}

/** Whether answers arrive: the center has a delegate, and the delegate has the method. */
function checkDelegate(app: App): readonly AppFinding[] {
  const findings: AppFinding[] = [];
  if (!setsDelegate(app.swift)) {
    const message = 'No Swift source sets the delegate of UNUserNotificationCenter.';
    const hint = 'UNUserNotificationCenter.current().delegate = self, before launching finishes.';
    findings.push(finding('delegate-missing', message, hint, appPlace(app)));
  }
  if (responseMethod(app) === null) {
    const message = 'No Swift source implements userNotificationCenter(_:didReceive:withCompletionHandler:).';
    const hint = 'Approve and Deny arrive there, in the delegate of UNUserNotificationCenter.';
    const place = app.swift.placeOf('UNUserNotificationCenterDelegate') ?? appPlace(app);
    findings.push(finding('delegate-method-missing', message, hint, place));
  }
  return findings;
}

/** The path to the challenge in a tenant's push. */
const challengeKeys: readonly string[] = ['payload', 'Options', 'ChallengeAnswer'];

/** Whether the challenge is read from its place in the tenant's push: `payload` → `Options` → `ChallengeAnswer`. */
function checkPayload(app: App): readonly AppFinding[] {
  const { swift } = app;
  const literals = swift.tokens.flatMap(({ value, file, line }) =>
    value === null ? [] : [{ value, place: { file, line } }],
  );
  const isDeclared = (key: string): boolean =>
    swift.declarationsOf(key).some(({ kind, isTyped }) => kind === 'case' || isTyped === true);
  const missing = challengeKeys.filter(
    (key) => !literals.some(({ value }) => value.split('.').includes(key)) && !isDeclared(key),
  );
  if (missing.length === 0) return [];
  const near =
    literals.find(({ value }) => missing.some((key) => key.toLowerCase() === value.toLowerCase())) ??
    literals.findLast(({ value }) => challengeKeys.includes(value));
  const message = `The challenge is not read from payload, Options, ChallengeAnswer: ${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not occur.`;
  const hint = 'userInfo["payload"] contains "Options", which contains "ChallengeAnswer"; capitals count.';
  return [finding('challenge-not-read', message, hint, near?.place ?? responseMethod(app) ?? appPlace(app))];
}

/** Whether both answers reach the vendor's SDK. */
function checkAnswer(app: App): readonly AppFinding[] {
  const { swift, values } = app;
  const hint =
    'handleMFAChallenge(isAccepted: …, challenge: …, baseURL: …, withCompletionHandler: …), true for Approve and false for Deny.';
  const calls = swift.callsOf('handleMFAChallenge');
  if (calls.length === 0) {
    const message = 'No Swift source calls handleMFAChallenge.';
    return [finding('challenge-not-answered', message, hint, responseMethod(app) ?? appPlace(app))];
  }
  const answers = calls.flatMap((call): readonly Value[] => {
    const argument = swift.argumentOf(call, 'isAccepted');
    return argument === null ? [{ kind: 'unknown' }] : values.of(argument);
  });
  const [last] = answers.slice(-1);
  if (last?.kind !== 'literal' || typeof last.value !== 'boolean') return [];
  if (answers.some((answer) => answer.kind !== 'literal' || answer.value !== last.value)) return [];
  const message = `handleMFAChallenge is only ever called with isAccepted: ${last.value}.`;
  return [finding('answer-one-sided', message, hint, swift.placeAt(last.at))];
}

/** `userNotificationCenter(_:didReceive:…)`, which receives the user's answer. */
function responseMethod({ swift }: App): Place | null {
  const method = swift.functionNamed('userNotificationCenter', 'didReceive');
  return method === null ? null : swift.placeAt(method);
}
