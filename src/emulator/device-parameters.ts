import { type Call, type ParameterPlace, parameter } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import type { Device } from './device.ts';
import { Refusal } from './envelope.ts';

/** Where the vendor's libraries put parameters. */
type Place = 'json' | 'query';

/** How one of them sends a call's parameters. */
interface Form {
  readonly place: Place;
  /** In its spelling, with the type of each value. */
  readonly members: Readonly<Record<string, 'string' | 'number'>>;
}

/** The form of each system's library. */
type Forms = Readonly<Record<Device['os'], Form>>;

export const tokenForms: Forms = {
  ios: {
    place: 'json',
    members: {
      OSVersion: 'string',
      Name: 'string',
      DeviceID: 'string',
      ClientPushToken: 'string',
      pkgname: 'string',
    },
  },
  android: { place: 'json', members: { DeviceID: 'string', Token: 'string' } },
};

const answerMembers = {
  otpCode: 'string',
  otpCodeExpiryInterval: 'string',
  userAccepted: 'string',
  oathProfileUuid: 'string',
  challengeAnswer: 'string',
} as const;

export const answerForms: Forms = {
  ios: { place: 'json', members: { ...answerMembers, optKeyVersion: 'number', otpTimestamp: 'number' } },
  android: { place: 'query', members: { ...answerMembers, optKeyVersion: 'string', otpTimestamp: 'string' } },
};

/** The parameters of a device's call, by name. */
export interface DeviceParameters {
  /** The text of the first of these names that is present. @throws {Refusal} none is, or it is empty or not a text */
  text(...names: readonly [string, ...string[]]): string;
  optionalText(name: string): string | null;
  /** An integer, possibly as text. @throws {Refusal} */
  integer(name: string): number;
  /** True or false, possibly as text in any case. @throws {Refusal} */
  boolean(name: string): boolean;
  /** Where only each library's own form is accepted: checks that it is this one. @throws {Refusal} */
  requireForm(form: Form): void;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads what devices send. */
export interface ParameterReader {
  /** Where an API takes the body's parameters from. */
  readonly takes: readonly ParameterPlace[];
  /** @param place where both libraries put them; null: each somewhere else */
  read(call: Call, place: Place | null): DeviceParameters;
}

export function createParameterReader({
  'device-forms': forms,
  'device-names': names,
}: Assumptions): ParameterReader {
  const find = names === 'exact' ? ownMember : parameter;
  const strict = forms === 'strict';
  const read: ParameterReader['read'] = ({ query, parameters: json }, place) => {
    const places = { json, query: Object.fromEntries(query) };
    const all = strict && place !== null ? places[place] : { ...places.query, ...json };
    const required = (name: string, members: Members = all): unknown => {
      const value = find(members, name);
      if (value === undefined || value === null || value === '') throw missing(name);
      return value;
    };
    return {
      text(...spellings) {
        const spelled = spellings.find((name) => find(all, name) !== undefined) ?? spellings[0];
        const value = required(spelled);
        if (typeof value !== 'string') throw missing(spelled);
        return value;
      },
      optionalText(name) {
        const value = find(all, name);
        return typeof value === 'string' && value !== '' ? value : null;
      },
      integer(name) {
        const value = required(name);
        const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
        if (Number.isSafeInteger(number)) return number as number;
        throw new Refusal('System.FormatException', `${name} is not an integer.`);
      },
      boolean(name) {
        const word = String(required(name)).toLowerCase();
        if (word === 'true' || word === 'false') return word === 'true';
        throw new Refusal('System.FormatException', 'String was not recognized as a valid Boolean.');
      },
      requireForm({ place: own, members }) {
        if (!strict) return;
        for (const [name, type] of Object.entries(members))
          if (typeof required(name, places[own]) !== type)
            throw new Refusal('System.FormatException', `${name} is not a ${type} in JSON.`);
      },
    };
  };
  return { takes: strict ? ['json'] : ['form', 'json'], read };
}

function ownMember(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function missing(name: string): Refusal {
  return new Refusal('RequiredParameter', `The required parameter ${name} is missing.`);
}
