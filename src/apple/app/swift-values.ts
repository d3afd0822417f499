import type { SwiftString } from './swift-lexer.ts';
import { argumentOf, callsOf, enclosing, type SwiftCall, type SwiftSource } from './swift-source.ts';

/** A string that an expression stands for, and where the literal is. */
export interface StringValue {
  readonly value: string;
  readonly source: SwiftSource;
  readonly offset: number;
}

/** Every string literal of the sources. */
export function stringsOf(sources: readonly SwiftSource[]): readonly StringValue[] {
  return sources.flatMap((source) => source.strings.map(({ value, offset }) => ({ value, source, offset })));
}

/**
 * The string that an argument stands for: a literal, or a constant by its name (`Ids.approve`, `Action.approve.rawValue`),
 * which several may share. Nothing where it is some other expression, a parameter or what an instance has.
 */
export function stringsFor(
  sources: readonly SwiftSource[],
  call: SwiftCall,
  label: string,
): readonly StringValue[] {
  const argument = argumentOf(call, label);
  if (argument === null) return [];
  const { text, offset } = argument;
  const [hashes] = /^#*(?=")/.exec(text) ?? [];
  if (hashes !== undefined) return literalsAt(call.source, offset + hashes.length);
  const path = text.replace(/\.rawValue$/, '');
  const [, owner = '', name] = /^((?:\w*\.)*)(\w+)$/.exec(path) ?? [];
  if (name === undefined || /^(?!self\.)[a-z]/.test(owner)) return [];
  const around = enclosing(call.source, offset);
  if (owner === '' && around !== undefined && labelOf(around.signature, name) !== null) return [];
  // A constant of the same source is the likeliest.
  const ordered = [call.source, ...sources.filter((source) => source !== call.source)];
  const constants = ordered.flatMap((source) => constantsNamed(source, name));
  return constants.length === 0 && path !== text
    ? ordered.flatMap((source) => casesNamed(source, name))
    : constants;
}

/** `case approve` of an enumeration whose raw values are the names themselves. */
function casesNamed(source: SwiftSource, name: string): readonly StringValue[] {
  const declared = new RegExp(
    `\\bcase\\s+(?:\\w+(?:\\s*=\\s*"[^"\\n]*")?\\s*,\\s*)*(?=${name}\\s*(?:[,;}\\n]|$))`,
    'g',
  );
  return [...source.code.matchAll(declared)].map(({ index, 0: text }) => ({
    value: name,
    source,
    offset: index + text.length,
  }));
}

function constantsNamed(source: SwiftSource, name: string): readonly StringValue[] {
  return (source.constants.get(name) ?? []).map(({ value, offset }) => ({ value, source, offset }));
}

function literalsAt(source: SwiftSource, offset: number): readonly StringValue[] {
  const literal: SwiftString | undefined = source.strings.find((candidate) => candidate.offset === offset);
  return literal === undefined ? [] : [{ value: literal.value, source, offset }];
}

/** An expression that is passed on to a call in the end: `true`, `false`, or something that is only known when it runs. */
export interface PassedValue {
  readonly text: string;
  readonly source: SwiftSource;
  readonly offset: number;
}

/** What a labelled argument of a function's calls may be; parameters of functions in between are followed to their calls. */
export function valuesPassed(
  sources: readonly SwiftSource[],
  name: string,
  label: string,
): readonly PassedValue[] {
  const values: PassedValue[] = [];
  const followed = new Set<string>();
  const pending: { name: string; label: string; unless?: PassedValue }[] = [{ name, label }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const passed = argumentsPassed(sources, next.name, next.label);
    if (passed.length === 0 && next.unless !== undefined) values.push(next.unless);
    for (const { call, value } of passed) {
      const around = enclosing(call.source, call.offset);
      const outer = around === undefined ? null : labelOf(around.signature, value.text);
      if (around === undefined || outer === null) values.push(value);
      else if (!followed.has(`${around.name} ${outer}`)) {
        followed.add(`${around.name} ${outer}`);
        pending.push({ name: around.name, label: outer, unless: value });
      }
    }
  }
  return values;
}

function argumentsPassed(
  sources: readonly SwiftSource[],
  name: string,
  label: string,
): readonly { call: SwiftCall; value: PassedValue }[] {
  return callsOf(sources, name).flatMap((call) => {
    const argument = argumentOf(call, label);
    return argument === null ? [] : [{ call, value: { ...argument, source: call.source } }];
  });
}

/** The label under which callers give a parameter: `func answer(with isAccepted: Bool)` has `with`. */
function labelOf(signature: string, parameter: string): string | null {
  if (!/^\w+$/.test(parameter)) return null;
  const [, label] = new RegExp(`[(,]\\s*(?:(\\w+)\\s+)?${parameter}\\s*:`).exec(signature) ?? [];
  return new RegExp(`[(,]\\s*(?:\\w+\\s+)?${parameter}\\s*:`).test(signature) ? (label ?? parameter) : null;
}

/** Whether a span of code calls a function, or calls a function of the sources that does, and so on. */
export function reaches(sources: readonly SwiftSource[], code: string, name: string): boolean {
  const bodies = new Map<string, string[]>();
  for (const source of sources) {
    for (const { name: declared, start, end } of source.functions) {
      const body = source.code.slice(start, end);
      bodies.set(declared, bodies.get(declared) ?? []);
      bodies.get(declared)?.push(body);
    }
  }
  const pending = [code];
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    for (const [, called = ''] of body.matchAll(/\b(\w+)\s*[({]/g)) {
      if (called === name) return true;
      for (const reached of bodies.get(called) ?? []) pending.push(reached);
      bodies.delete(called);
    }
  }
  return false;
}
