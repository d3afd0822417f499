import { parseJson } from '../../../text/json.ts';
import { readCertificates, readTenants } from './declared.ts';
import { collectFaults, type Faults } from './faults.ts';
import type { Fleet, FleetCertificate } from './fleet.ts';
import { offsetIn, type Places, walkJson } from './places.ts';
import { defaultsSchema, isMapping, topShape } from './schema.ts';
import { judgeShape } from './shape-faults.ts';
import { batchSize, readYaml } from './yaml.ts';

/** What a fleet file is called, and what its paths start from. */
export interface FleetPlace {
  /** As given; `-` is stdin. */
  readonly file: string;
  /** Absolute. */
  readonly directory: string;
}

/**
 * The fleet that a text declares, which is JSON, or YAML 1.2. Takes time in proportion to the text.
 * @param batch how many tenants in YAML are composed together
 * @throws {CliError} fleet-file-invalid: every fault, one a line, as `FILE:LINE:COLUMN: what is wrong`
 */
export function readFleet(text: string, { file, directory }: FleetPlace, batch = batchSize): Fleet {
  const faults = collectFaults();
  const json = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  const read = (
    told: Faults,
    places: Places | null,
  ): { readonly whole: boolean; readonly value: unknown } => {
    if (json === undefined) return readYaml(text, batch, told, places);
    walkJson(text, json, told, places);
    return { whole: true, value: json };
  };
  const { whole, value } = read(faults, null);
  const fleet = whole ? fleetFrom(value, directory, faults) : nothing;
  faults.throwIfAny(file === '-' ? 'standard input' : file, text, () => {
    // Where everything is takes room, and only faults ask for it.
    const places: Places = { root: 0, members: new Map() };
    const again = whole ? read(collectFaults(), places).value : undefined;
    return (place) => ('offset' in place ? place.offset : offsetIn(places, again, place));
  });
  return { file, ...fleet };
}

const nothing: Omit<Fleet, 'file'> = { warnDays: null, certificates: new Map(), tenants: [] };

function fleetFrom(value: unknown, directory: string, faults: Faults): Omit<Fleet, 'file'> {
  if (value === undefined) faults.add({ offset: 0 }, 'the file is empty: it begins with version: 1');
  else judgeShape(topShape, value, [], 'the file', faults);
  const defaults = partOf(value, 'defaults');
  const whole = judgeShape(defaultsSchema, defaults, ['defaults'], 'defaults', faults) ? defaults : {};
  const reading = { directory, faults };
  const declared = readCertificates(partOf(value, 'certificates'), whole.environment ?? null, reading);
  return {
    warnDays: whole['warn-days'] ?? null,
    certificates: new Map(
      [...declared].filter((entry): entry is [string, FleetCertificate] => entry[1] !== null),
    ),
    tenants: readTenants(partOf(value, 'tenants'), declared, reading),
  };
}

/** A part of the file; empty where it is none, which has been told. */
function partOf(value: unknown, key: string): Record<string, unknown> {
  const part = isMapping(value) ? value[key] : undefined;
  return isMapping(part) ? part : {};
}
