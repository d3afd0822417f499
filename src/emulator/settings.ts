import type { StoredApplication } from './administration/stored-application.ts';
import type { Device } from './device.ts';
import { Refusal } from './envelope.ts';
import { type KeptState, nothing, openStateFile, type State, type StoredDirectory } from './state.ts';

/** How many are kept. Those of an administrator's certificates are among them: they are in memory, and in the file. */
const most = 1000;

/** The tenant's settings by name, in the order they were set; its users' devices; its directory. */
export interface Settings {
  entries(): readonly (readonly [name: string, value: string])[];
  /**
   * Removes `remove`, then sets `set`, and saves the result before it returns: all of it or nothing.
   * @throws {Refusal} more settings than there is room for
   */
  change(changes: { remove?: readonly string[]; set?: Readonly<Record<string, string>> }): void;
  devices(): readonly Device[];
  /** Saves these, replacing those with the same `udid`s, before it returns: all of them or none. */
  keepDevices(devices: readonly Device[]): void;
  removeDevice(udid: string): void;
  directory(): StoredDirectory;
  keepDirectory(directory: StoredDirectory): void;
  /** Those written by an administrator. */
  applications(): readonly StoredApplication[];
  keepApplications(applications: readonly StoredApplication[]): void;
}

/**
 * Opens the settings in `file`, or keeps them in memory if it is null. The file is written at once, so that a bad location
 * is noticed.
 * @throws {CliError} file-unreadable (also if damaged), file-unwritable
 */
export function openSettings(file: string | null): Settings {
  return settingsOver(file === null ? null : openStateFile(file));
}

/** Settings over what is kept somewhere, or in memory alone. @throws {CliError} file-unwritable */
export function settingsOver(kept: KeptState | null): Settings {
  let current = kept?.state ?? nothing;
  const keep = (next: State): void => {
    kept?.write(next);
    current = next;
  };
  keep(current);
  return {
    entries: () => [...current.settings],
    change({ remove = [], set = {} }) {
      const settings = new Map(current.settings);
      for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
      for (const [name, value] of Object.entries(set)) settings.set(name, value);
      if (settings.size > Math.max(most, current.settings.size)) throw tooMany();
      keep({ ...current, settings });
    },
    devices: () => current.devices,
    keepDevices(devices) {
      const udids = devices.map(({ udid }) => udid);
      const others = current.devices.filter(({ udid }) => !udids.includes(udid));
      keep({ ...current, devices: [...others, ...devices] });
    },
    removeDevice(udid) {
      keep({ ...current, devices: current.devices.filter((device) => device.udid !== udid) });
    },
    directory: () => ({ users: current.users, roles: current.roles }),
    keepDirectory: ({ users, roles }) => keep({ ...current, users, roles }),
    applications: () => current.applications,
    keepApplications: (applications) => keep({ ...current, applications }),
  };
}

function tooMany(): Refusal {
  return new Refusal(
    'System.InvalidOperationException',
    `No more than ${most.toLocaleString('en')} settings are kept, three of them for each push certificate. Delete a certificate first.`,
  );
}
