import { readCertificates, readTenants } from './declared.ts';
import { collectFaults, type Faults } from './faults.ts';
import type { Fleet, FleetCertificate } from './fleet.ts';
import { isMapping } from './mapping.ts';
import { defaultsSchema, topShape } from './schema.ts';
import { judgeShape } from './shape-faults.ts';
import { pieceSize, readYaml } from './yaml-source.ts';

/** What a fleet file is called, and what its paths start from. */
export interface FleetPlace {
  /** As given; `-` is stdin. */
  readonly file: string;
  /** Absolute. */
  readonly directory: string;
}

/**
 * The fleet that a text declares, which is YAML 1.2, or JSON. Takes time in proportion to the text.
 * @param size of the pieces in which a long text is read, in characters
 * @throws {CliError} fleet-file-invalid: every fault, one a line, as `FILE:LINE:COLUMN: what is wrong`
 */
export function readFleet(text: string, { file, directory }: FleetPlace, size = pieceSize): Fleet {
  const faults = collectFaults();
  const { whole, value, offsetOf } = readYaml(text, size, faults);
  const fleet = whole ? fleetFrom(value, directory, faults) : nothing;
  faults.throwIfAny(file === '-' ? 'standard input' : file, text, offsetOf);
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
