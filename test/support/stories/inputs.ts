import { readFileSync } from 'node:fs';
import type { EndingSignal } from '../../../src/errors/entry.ts';
import { visit } from '../tenant.ts';
import { expanded } from './run-command.ts';
import type { InputVerb } from './verbs.ts';

/** What stands below a command and is given to it. */
export const inputVerbs: readonly InputVerb[] = [
  {
    form: 'at a terminal',
    pattern: /^at a terminal$/,
    input: (inputs) => {
      inputs.answers ??= [];
    },
  },
  {
    form: 'answer TEXT',
    pattern: /^answer(?: (?<text>.*))?$/,
    input: (inputs, { text = '' }, _line, world) => {
      inputs.answers ??= [];
      const quoted = /^(['"])(.*)\1$/s.exec(text)?.[2];
      inputs.answers.push(expanded(quoted ?? text, world));
    },
  },
  {
    form: 'stdin TEXT',
    pattern: /^stdin(?: (?<text>.+))?$/,
    input: (inputs, { text = '' }, { body }, world) => {
      const source = expanded(text, world);
      if (body !== null) inputs.stdin = body;
      else if (/^[%@]/.test(text)) inputs.stdin = readFileSync(source);
      else inputs.stdin = text.startsWith('"') ? JSON.parse(text) : source;
    },
  },
  {
    form: 'on DATE',
    pattern: /^on (?<day>\d{4}-\d\d-\d\d)(?: (?<time>\d\d:\d\d(?::\d\d)?))?$/,
    input: (inputs, { day, time = '12:00' }) => {
      inputs.now = new Date(`${day}T${time}Z`);
    },
  },
  {
    form: 'in a browser',
    pattern: /^in a browser$/,
    input: (inputs) => {
      inputs.browser = visit;
    },
  },
  {
    form: 'interrupt SIGINT after REQUEST',
    pattern: /^interrupt (?<signal>SIG\w+) after (?<after>.+)$/,
    input: (inputs, { signal, after = '' }) => {
      inputs.interrupt = { signal: signal as EndingSignal, after };
    },
  },
];
