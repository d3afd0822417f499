import type { App } from './app.ts';
import { appPlace, type Declared, findFunction, findResponseMethod, placeOfMatch } from './app.ts';
import type { AppFinding, Place } from './finding.ts';
import { argumentOf, callsOf, type Meaning } from './swift/meaning.ts';
import { enclosing, placeAt, reaches, type SwiftSource, stringsOf } from './swift/source.ts';

/** Whether the tenant learns the device token: the app registers with APNs and passes the token to the vendor's SDK. */
export function checkRegistration(app: App): readonly AppFinding[] {
  const { sources } = app;
  const findings: AppFinding[] = [];
  const swiftUi = placeOfMatch(sources, /\bstruct\s+\w+\s*:\s*(?:\w+\s*,\s*)*(?:SwiftUI\.)?App\b/);
  const delegate = placeOfMatch(sources, /:[^{}]{0,300}\bUIApplicationDelegate\b/);
  if (
    swiftUi !== null &&
    delegate !== null &&
    placeOfMatch(sources, /@UIApplicationDelegateAdaptor\b/) === null
  ) {
    findings.push({
      code: 'app-delegate-not-connected',
      level: 'error',
      message: 'The SwiftUI app does not use its app delegate.',
      hint: '@UIApplicationDelegateAdaptor(AppDelegate.self) private var appDelegate',
      ...swiftUi,
    });
  }
  // The method itself may stand in for a closure: `async(execute: application.registerForRemoteNotifications)`.
  if (
    placeOfMatch(sources, /\bregisterForRemoteNotifications\b(?<!func\s+registerForRemoteNotifications)/) ===
    null
  ) {
    findings.push({
      code: 'remote-registration-missing',
      level: 'error',
      message: 'No Swift source registers for remote notifications.',
      hint: 'UIApplication.shared.registerForRemoteNotifications(), once permission is granted.',
      ...(placeOfMatch(sources, /\brequestAuthorization\b/) ?? appPlace(app)),
    });
  }
  const callback = findFunction(
    sources,
    'application',
    /\bdidRegisterForRemoteNotificationsWithDeviceToken\b/,
  );
  if (callback === null || !handles(sources, callback)) {
    const elsewhere = callback !== null && isUsed(sources, 'handlePushToken');
    findings.push({
      code: 'push-token-not-handled',
      level: elsewhere ? 'warning' : 'error',
      message:
        callback === null
          ? 'No Swift source implements didRegisterForRemoteNotificationsWithDeviceToken.'
          : elsewhere
            ? 'It is unclear how the device token gets to handlePushToken(token:baseURL:).'
            : 'The device token is not passed to handlePushToken(token:baseURL:).',
      hint: 'CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: …)',
      ...(callback === null ? appPlace(app) : placeAt(callback.source, callback.declared.offset)),
    });
  }
  return findings;
}

function handles(sources: readonly SwiftSource[], { source, declared }: Declared): boolean {
  return reaches(sources, source.code.slice(declared.start, declared.end), 'handlePushToken');
}

/** Whether a function is called from anywhere but a function that nothing names: an app may keep the token for later. */
function isUsed(sources: readonly SwiftSource[], name: string): boolean {
  return callsOf(sources, name).some(({ source, offset }) => {
    const around = enclosing(source, offset);
    if (around === undefined) return true;
    return placeOfMatch(sources, new RegExp(`\\b${around.name}\\b(?<!func\\s+${around.name})`)) !== null;
  });
}

/** The path to the challenge in a tenant's push. */
const challengeKeys: readonly string[] = ['payload', 'Options', 'ChallengeAnswer'];

/** Whether the challenge is read from its place in the tenant's push: `payload` → `Options` → `ChallengeAnswer`. */
export function checkChallenge(app: App): readonly AppFinding[] {
  const literals = stringsOf(app.sources);
  const missing = challengeKeys.filter(
    (key) =>
      !literals.some(({ value }) => value.split('.').includes(key)) &&
      placeOfMatch(
        app.sources,
        new RegExp(
          `\\bcase\\s+(?:\\w+(?:\\s*=\\s*"[^"\\n]*")?\\s*,\\s*)*${key}\\b|\\b(?:let|var)\\s+${key}\\s*:`,
        ),
      ) === null,
  );
  if (missing.length === 0) return [];
  const near =
    literals.find(({ value }) => missing.some((key) => key.toLowerCase() === value.toLowerCase())) ??
    literals.findLast(({ value }) => challengeKeys.includes(value));
  return [
    {
      code: 'challenge-not-read',
      level: 'error',
      message: `The challenge is not read from payload, Options, ChallengeAnswer: ${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not occur.`,
      hint: 'userInfo["payload"] contains "Options", which contains "ChallengeAnswer"; capitals count.',
      ...(near === undefined ? answerPlace(app) : placeAt(near.source, near.offset)),
    },
  ];
}

/** Whether both answers reach the vendor's SDK. */
export function checkAnswer(app: App): readonly AppFinding[] {
  const hint =
    'handleMFAChallenge(isAccepted: …, challenge: …, baseURL: …, withCompletionHandler: …), true for Approve and false for Deny.';
  const calls = callsOf(app.sources, 'handleMFAChallenge');
  if (calls.length === 0) {
    const message = 'No Swift source calls handleMFAChallenge.';
    return [{ code: 'challenge-not-answered', level: 'error', message, hint, ...answerPlace(app) }];
  }
  const answers = calls.flatMap((call): readonly Meaning[] => {
    const argument = argumentOf(call, 'isAccepted');
    return argument === null ? [{ kind: 'unknown' }] : app.evaluate(call.source, argument, 'Bool');
  });
  const [last] = answers.slice(-1);
  if (last?.kind !== 'literal' || typeof last.value !== 'boolean') return [];
  if (answers.some((answer) => answer.kind !== 'literal' || answer.value !== last.value)) return [];
  return [
    {
      code: 'answer-one-sided',
      level: 'error',
      message: `handleMFAChallenge is only ever called with isAccepted: ${last.value}.`,
      hint,
      ...placeAt(last.source, last.offset),
    },
  ];
}

/** Where the answer arrives, or should. */
function answerPlace(app: App): Place {
  const method = findResponseMethod(app.sources);
  return method === null ? appPlace(app) : placeAt(method.source, method.declared.offset);
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
    return [{ code: 'authorization-missing', level: 'error', message, hint, ...appPlace(app) }];
  }
  const asked = calls.flatMap((each) => {
    const given = argumentOf(each, 'options');
    return given === null ? [] : optionsIn(app.evaluate(each.source, given, 'UNAuthorizationOptions'));
  });
  const missing = options.filter((option) => !asked.includes(option));
  if (missing.length === 0) return [];
  return [
    {
      code: 'authorization-incomplete',
      level: 'error',
      message: `The requested permission leaves out: ${missing.join(', ')}.`,
      hint,
      ...placeAt(call.source, call.offset),
    },
  ];
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
    findings.push({
      code: 'delegate-missing',
      level: 'error',
      message: 'No Swift source sets the delegate of UNUserNotificationCenter.',
      hint: 'UNUserNotificationCenter.current().delegate = self, before launching finishes.',
      ...appPlace(app),
    });
  }
  if (findResponseMethod(app.sources) === null) {
    findings.push({
      code: 'delegate-method-missing',
      level: 'error',
      message: 'No Swift source implements userNotificationCenter(_:didReceive:withCompletionHandler:).',
      hint: 'Approve and Deny arrive there, in the delegate of UNUserNotificationCenter.',
      ...(placeOfMatch(app.sources, /\bUNUserNotificationCenterDelegate\b/) ?? appPlace(app)),
    });
  }
  return findings;
}

/** Whether a source sets it on `UNUserNotificationCenter.current()`, or on a name that stands for it. */
function setsDelegate(sources: readonly SwiftSource[]): boolean {
  const center = 'UNUserNotificationCenter\\s*\\.\\s*current\\s*\\(\\s*\\)';
  const named = new RegExp(
    `\\b(\\w+)\\s*(?::\\s*UNUserNotificationCenter\\b|(?::\\s*\\w+\\s*)?=\\s*${center})`,
    'g',
  );
  const names = new Set(
    sources.flatMap(({ code }) => [...code.matchAll(named)].map(([, name]) => `\\b${name}`)),
  );
  const set = new RegExp(`(?:${[center, ...names].join('|')})\\s*[?!]?\\s*\\.\\s*delegate\\s*=[^=]`);
  return placeOfMatch(sources, set) !== null;
}
