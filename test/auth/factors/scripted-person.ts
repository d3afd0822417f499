import type { Person } from '../../../src/auth/factors/person.ts';
import {
  type FactorSignIn,
  signInWithFactors,
} from '../../../src/auth/factors/sign-in-with-factors.ts';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import type { Http } from '../../../src/network/http.ts';
import { Secret } from '../../../src/text/secret.ts';
import { resultOf, serviceToken, waitingFor } from '../../emulator/security-session.ts';
import { createTestHttp } from '../../support/http.ts';

/** What a person does when asked; what is not named is never asked for. */
export interface Script {
  /** Answers to hidden questions, in their order. */
  readonly answers?: readonly (string | (() => Promise<string>))[];
  /** The mechanism to choose, by its words in the list, for each choice. */
  readonly choices?: readonly string[];
  /** A code that is typed while the tenant is polled; by default nobody types. */
  readonly codes?: readonly (string | (() => Promise<string>))[];
  /** Does something elsewhere once the person is told to wait. */
  readonly elsewhere?: (told: readonly string[]) => Promise<void>;
  readonly page?: (address: string) => Promise<void>;
  readonly trusts?: boolean;
  /** Other names after failed attempts, in their order; without them the name is certain. */
  readonly names?: readonly string[];
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly patience?: number;
  readonly trace?: (line: string) => void;
  /** Plays the network. */
  readonly http?: Http;
}

export interface Played {
  readonly signedIn: FactorSignIn | null;
  readonly error: unknown;
  /** All questions, choices and words, in their order. */
  readonly told: readonly string[];
}

/** A sign-in that a script goes through. */
export async function play(tenant: string, user: string, script: Script = {}): Promise<Played> {
  const told: string[] = [];
  const { person, stop } = scriptedPerson(script, told);
  const http = script.http ?? createTestHttp({ trace: script.trace ?? (() => {}) });
  try {
    const signedIn = await signInWithFactors(tenant, user, {
      http,
      patientHttp: http,
      person,
      signal: script.signal ?? new AbortController().signal,
      patience: script.patience ?? 20_000,
    });
    await stop();
    return { signedIn, error: null, told };
  } catch (error) {
    return { signedIn: null, error, told };
  }
}

function scriptedPerson(script: Script, told: string[]): { person: Person; stop(): Promise<void> } {
  const [answers, choices, codes, names] = [
    [...(script.answers ?? [])],
    [...(script.choices ?? [])],
    [...(script.codes ?? [])],
    [...(script.names ?? [])],
  ];
  let acting: Promise<void> = Promise.resolve();
  const value = async (given: string | (() => Promise<string>) | undefined, question: string) => {
    if (given === undefined) throw new Error(`an unexpected question: ${question}`);
    return new Secret(typeof given === 'string' ? given : await given());
  };
  const act = () => {
    acting = script.elsewhere?.(told) ?? acting;
  };
  const person: Person = {
    other: null,
    async choose(mechanisms, { challenge, of }) {
      told.push(`${challenge}/${of}: ${mechanisms.map(({ select }) => select).join(', ')}`);
      const wanted = choices.shift();
      const chosen = mechanisms.find(({ select }) => select === wanted);
      if (chosen === undefined) throw new Error(`${wanted} is not offered`);
      return chosen;
    },
    answer(question) {
      told.push(question);
      return value(answers.shift(), question);
    },
    code(question, signal) {
      told.push(question);
      act();
      if (codes.length > 0) return value(codes.shift(), question);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('no code is needed any more')), {
          once: true,
        });
      });
    },
    awaits(words) {
      told.push(words);
      act();
      return { stop: () => told.push('(no longer)') };
    },
    tell: (words) => void told.push(words),
    async openPage(address) {
      told.push(`page ${address}`);
      await script.page?.(address);
    },
    async trusts(host) {
      told.push(`trust ${host}?`);
      return script.trusts === true;
    },
    ...(script.names !== undefined && {
      async nameAgain(user: string) {
        told.push(`again ${user}?`);
        return names.shift() ?? user;
      },
    }),
  };
  return { person, stop: () => acting };
}

/** The newest code on somebody's phone or in their mailbox. */
export async function codeFor(emulator: Emulator, user: string): Promise<string> {
  return String((await waitingFor(emulator, user)).at(-1)?.Code);
}

/** Taps on somebody's phone. */
export async function tap(
  emulator: Emulator,
  user: string,
  verdict: 'approve' | 'deny',
  more: object = {},
): Promise<void> {
  await resultOf(emulator, await serviceToken(emulator), `/emulator/${verdict}`, {
    User: user,
    ...more,
  });
}
