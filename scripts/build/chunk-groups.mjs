/**
 * What is needed together goes into one file: finding another one costs Node.js most of a millisecond. A folder ends with
 * a slash; the longest entry for a module wins, and one under `null` leaves it where it is used.
 */
const chunkOf = {
  start: [
    'src/errors/cli-error.ts',
    'src/text/secret.ts',
    'src/errors/secret-oddities.ts',
    'src/text/version.ts',
    'src/settings/flags.ts',
    'src/settings/own-environment.ts',
    'src/text/runtime.ts',
    'src/text/switch.ts',
  ],
  cli: [
    'src/cli.ts',
    'src/settings/timeout.ts',
    'src/terminal/prompt.ts',
    'src/terminal/style.ts',
    'src/terminal/terminal.ts',
    'src/text/layout.ts',
    'src/text/printable.ts',
    'src/text/suggestion.ts',
    'node_modules/fast-string-truncated-width/',
    'node_modules/fast-string-width/',
    'node_modules/fast-wrap-ansi/',
  ],
  p12: [
    'src/files/bounded.ts',
    'src/text/pace.ts',
    'src/pkcs12/',
    'src/checks/',
    'src/report/',
    'src/delivery/judging.ts',
    'src/delivery/locate-p12.ts',
    'src/delivery/open-p12.ts',
    'src/delivery/read-within.ts',
    'src/settings/settings.ts',
    'src/files/read.ts',
    'src/auth/profile-changes.ts',
    'src/network/loopback.ts',
    'src/tenant/address.ts',
    'node_modules/node-forge/lib/',
  ],
  tenant: [
    'src/auth/',
    'src/network/',
    'src/tenant/',
    'src/text/members.ts',
    'src/delivery/ask-user.ts',
    'src/delivery/open-or-sign-in.ts',
    'src/delivery/tenant.ts',
    'src/delivery/send-certificate.ts',
    'src/commands/apns/give-certificate.ts',
    'src/commands/apns/held-words.ts',
    'src/commands/apns/record.ts',
    'src/commands/apns/set-plan.ts',
    'node_modules/env-paths/',
    'node_modules/valibot/',
  ],
  /** What reads a fleet file is large, and no other command's. */
  fleet: [
    'src/commands/fleet/file/',
    'src/commands/fleet/record/',
    'src/commands/fleet/apply-plan.ts',
    'src/commands/fleet/make-plan.ts',
    'src/commands/fleet/tenant-status.ts',
    'src/commands/fleet/judged.ts',
    'src/commands/fleet/merge-reports.ts',
    'src/commands/fleet/outcome-report.ts',
    'src/commands/fleet/pool.ts',
    'src/commands/fleet/fleet-certificates.ts',
    'src/commands/fleet/open-fleet.ts',
    'src/commands/fleet/resolve-secret.ts',
    'src/programs/secret-command.ts',
    'node_modules/yaml/',
  ],
  /** Used by several commands, and too small for files of their own. */
  shared: ['src/settings/', 'src/delivery/', 'src/files/', 'src/apple/device-token.ts'],
  null: [
    'src/auth/authorization-',
    'src/auth/built-in-application.ts',
    'src/auth/factors/',
    'src/auth/keychain/',
    'src/auth/loopback-',
    'src/auth/sign-',
    'src/commands/fleet/file/new-fleet.ts',
    'src/commands/fleet/status/',
    'src/commands/fleet/fleet-options.ts',
    'src/settings/options.ts',
    'src/commands/api/request-body.ts',
    'src/network/ca-files.ts',
    'src/network/stores.ts',
    'src/network/system-stores.ts',
    'src/pkcs12/certificate-',
    'src/pkcs12/chain.ts',
    'src/pkcs12/encode.ts',
    'src/pkcs12/new-key.ts',
    'src/pkcs12/pem',
    'src/pkcs12/private-key.ts',
    'src/tenant/administration/',
    'src/tenant/devices.ts',
    'src/tenant/otp-profile.ts',
    'node_modules/node-forge/lib/rc2.js',
  ],
};

const entries = Object.entries(chunkOf)
  .flatMap(([name, prefixes]) => prefixes.map((prefix) => ({ name, prefix })))
  .sort((a, b) => b.prefix.length - a.prefix.length);

/** For rolldown's `codeSplitting`; `check` throws if an entry matched no module of the build. */
export function chunkGroups(root) {
  const idle = new Set(entries.map(({ prefix }) => prefix));
  const nameOf = (id) => {
    const entry = entries.find(({ prefix }) => id.startsWith(root + prefix));
    if (entry !== undefined) idle.delete(entry.prefix);
    return entry?.name;
  };
  return {
    groups: Object.keys(chunkOf)
      .filter((name) => name !== 'null')
      // A group takes its modules' imports along, unless a group of higher priority has them.
      .map((name) => ({
        name,
        priority: { start: 2, cli: 1 }[name] ?? 0,
        test: (id) => nameOf(id) === name,
      })),
    check() {
      if (idle.size > 0) throw new Error(`No module of the build is in ${[...idle].join(', ')}`);
    },
  };
}
