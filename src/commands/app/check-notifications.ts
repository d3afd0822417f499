import { appPlace, findResponseMethod, placeOfMatch } from './anchors.ts';
import type { App } from './app.ts';
import type { AppFinding } from './finding.ts';
import { argumentOf, callsOf } from './swift-calls.ts';
import type { Meaning } from './swift-meaning.ts';
import { placeAt, type SwiftSource } from './swift-source.ts';

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
