import type { Span } from './lexer.ts';

/** Whether a condition holds; null if unknown. */
export type Truth = boolean | null;

/** The conditions that a source is compiled under. */
export interface Conditions {
  /** For a name on its own, such as DEBUG. */
  readonly flag: (name: string) => Truth;
  /** The language version in a build setting: 5 for `5.0`; null if there is none. */
  readonly language: number | null;
}

/** How deep conditions may be nested in parentheses; anything deeper is unknown. */
const nestingLimit = 100;

/**
 * The code between `#if`, `#elseif`, `#else` and `#endif` that is not compiled, and those lines themselves. If a condition
 * is unknown, its branch and the ones after it are compiled.
 */
export function leftOut(code: string, conditions: Conditions): readonly Span[] {
  const spans: Span[] = [];
  const blocks: { settled: boolean; out: boolean }[] = [];
  let outer = 0;
  let from = 0;
  for (const { 0: line, 1: word, 2: condition = '', index } of code.matchAll(
    /(?<![^\s;{}])#(if|elseif|else|endif)\b([^\n]*)/g,
  )) {
    const block = word === 'if' ? { settled: false, out: false } : blocks.pop();
    if (outer > 0) spans.push({ start: from, end: index });
    from = index + line.length;
    spans.push({ start: index, end: from });
    if (block === undefined) continue;
    outer -= block.out ? 1 : 0;
    if (word === 'endif') continue;
    const truth = word === 'else' ? true : holds(condition, conditions);
    block.out = block.settled || truth === false;
    block.settled ||= truth === true;
    outer += block.out ? 1 : 0;
    blocks.push(block);
  }
  return outer > 0 ? [...spans, { start: from, end: code.length }] : spans;
}

/** Whether a condition holds for a build for phones (The Swift Programming Language, Conditional Compilation Block). */
export function holds(condition: string, conditions: Conditions): Truth {
  const tokens: readonly string[] = condition.match(/&&|\|\||>=|[\p{L}\p{N}_.]+|\S/gu) ?? [];
  let at = 0;

  const either = (depth: number): Truth => {
    let truth = both(depth);
    for (; tokens[at] === '||'; truth = or(truth, both(depth))) at++;
    return truth;
  };
  const both = (depth: number): Truth => {
    let truth = one(depth);
    for (; tokens[at] === '&&'; truth = and(truth, one(depth))) at++;
    return truth;
  };
  const one = (depth: number): Truth => {
    const token = tokens[at++];
    if (token === undefined || depth > nestingLimit) return null;
    if (token === '!') return not(one(depth + 1));
    if (token === '(') {
      const truth = either(depth + 1);
      at++;
      return truth;
    }
    if (tokens[at] !== '(') return /^(true|false)$/.test(token) ? token === 'true' : conditions.flag(token);
    const end = tokens.indexOf(')', at);
    if (end === -1) return null;
    const given = tokens.slice(at + 1, end).join('');
    at = end + 1;
    return platform(token, given, conditions);
  };

  const truth = either(0);
  return at === tokens.length ? truth : null;
}

function platform(name: string, given: string, { language }: Conditions): Truth {
  switch (name) {
    case 'os':
      return given === 'iOS';
    case 'arch':
      return given === 'arm64';
    case 'targetEnvironment':
      return /^(simulator|macCatalyst)$/.test(given) ? false : null;
    case '_runtime':
      return given === '_ObjC';
    case '_endian':
      return given === 'little';
    case 'canImport':
      return canImport(given);
    case 'compiler':
      return compare(given, compiler);
    case 'swift':
      return compare(given, languages[language ?? 0] ?? { from: [4, 2], to: null });
    default:
      return null;
  }
}

/** Frameworks of the iOS SDK that such apps test for. */
const frameworks =
  /^(Swift|Foundation|CoreFoundation|UIKit|SwiftUI(Core)?|Combine|Observation|UserNotifications(UI)?|Intents|IntentsUI|AppIntents|WidgetKit|ActivityKit|Security|CryptoKit|LocalAuthentication|AuthenticationServices|SafariServices|WebKit|Network|NetworkExtension|SystemConfiguration|CoreData|SwiftData|CoreGraphics|CoreImage|CoreLocation|CoreMotion|CoreTelephony|CoreHaptics|CoreBluetooth|CoreNFC|CloudKit|Contacts(UI)?|DeviceCheck|BackgroundTasks|StoreKit|AVFoundation|AVKit|Vision|Photos(UI)?|MapKit|MessageUI|QuartzCore|Accelerate|Metal(Kit)?|PushKit|CallKit|PassKit|HealthKit|GameKit|SpriteKit|MultipeerConnectivity|WatchConnectivity|OSLog|os|Darwin|Dispatch|ObjectiveC|XCTest|Testing)$/;
/** Modules of other systems. */
const foreign =
  /^(AppKit|Cocoa|Carbon|ServiceManagement|IOBluetooth|TVUIKit|TVMLKit|Glibc|Musl|Bionic|Android|WinSDK|ucrt|WASILibc|FoundationNetworking|FoundationXML)$/;

function canImport(given: string): Truth {
  const [module = ''] = given.split('.');
  if (frameworks.test(given)) return true;
  return foreign.test(module) ? false : null;
}

/** Versions from the first up to but excluding the second; without one, there may be newer ones. */
interface Versions {
  readonly from: readonly number[];
  readonly to: readonly number[] | null;
}

/** Since April 2025 the App Store accepts builds of Xcode 16 or later, which has Swift 6. */
const compiler: Versions = { from: [6, 0], to: null };

/** What such a compiler reports as the language in each of its modes. */
const languages: Readonly<Record<number, Versions>> = {
  4: { from: [4, 2], to: [4, 3] },
  5: { from: [5, 10], to: [5, 11] },
  6: { from: [6, 0], to: [7] },
};

function compare(given: string, { from, to }: Versions): Truth {
  const [, sign, version] = /^(>=|<)(\d{1,9}(?:\.\d{1,9}){0,3})$/.exec(given) ?? [];
  if (version === undefined) return null;
  const asked = version.split('.').map(Number);
  const reached = !isBefore(from, asked) ? true : to !== null && !isBefore(asked, to) ? false : null;
  return sign === '<' ? not(reached) : reached;
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = [0, 1, 2, 3].find((index) => (one[index] ?? 0) !== (other[index] ?? 0));
  return at !== undefined && (one[at] ?? 0) < (other[at] ?? 0);
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function and(one: Truth, other: Truth): Truth {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

function or(one: Truth, other: Truth): Truth {
  return not(and(not(one), not(other)));
}
