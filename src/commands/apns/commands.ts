import type { Command } from 'commander';
import {
  addAlertOptions,
  addApnsHostOptions,
  addConnectionOptions,
  addExamples,
  addHookOptions,
  addJudgingOptions,
  addOptions,
  addP12Options,
  addPasswordCommand,
  addRepeatable,
  addTokenKeyOptions,
} from '../../settings/options.ts';
import type { Family } from '../command.ts';

const topic = { '--topic <topic>': "APNs topic; default: the certificate's bundle ID" };
const apnsHost = { '--apns-host <host:port>': "host in place of Apple's [MFA_CLI_APNS_HOST]" };
const force = { '--force': 'replace an existing file' };
const app = {
  '--bundle-id <id>': 'bundle ID of the app',
  '--team-id <id>': 'team ID of the Apple developer account, 10 characters',
};
const proveTimeout = { '--prove-timeout <seconds>': 'time limit for the sign-in; default: 120' };
const clear = { '--no-encrypt': 'do not encrypt the private key' };
const encryption = {
  '--encryption <scheme>': ['encryption of the .p12; default: modern', 'modern', 'legacy'],
} as const;
const keyPassword = {
  '--key-password-file <file>': "file with the key's password, - is stdin [MFA_CLI_KEY_PASSWORD]",
};

export const apns: Family = {
  word: 'apns',
  summary: "manage the tenant's push certificate",
  example: 'mfa-cli apns set cert.p12',
  commands: [
    {
      word: 'set',
      summary: 'check a .p12 and set it as the push certificate',
      options(command) {
        addOptions(addP12File(command), {
          ...topic,
          '--client-app-key <key>':
            'key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]',
          '--environment <name>': [
            'environment that the certificate must serve',
            'production',
            'sandbox',
          ],
          '--dry-run': 'do everything except send; needs no session',
          '--force': 'send despite findings',
          '--yes': 'do not ask',
          '--verify':
            'check with APNs first, and stop if it rejects the certificate; the default in a terminal',
          '--no-verify': 'do not check with APNs',
          '--refresh': 'afterwards, ask the tenant for its topic, if it reports one',
          '--prove': 'afterwards, test with a push sign-in of the signed-in user, like apns prove',
          ...proveTimeout,
          ...apnsHost,
        });
        addJudgingOptions(command);
        addSending(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns set cert.p12',
          'mfa-cli apns set cert.p12 --password-file password.txt --environment production --dry-run',
        );
      },
      load: () => import('./set.ts'),
    },
    {
      word: 'delete',
      summary: 'delete a push certificate from the tenant',
      options(command) {
        addOptions(command.argument('[key]', 'key of the client app'), {
          '--client-app-key <key>':
            'client app key, in place of the argument [MFA_CLI_CLIENT_APP_KEY]',
          '--yes': 'do not ask',
          '--force': 'without a terminal, also delete a certificate that this machine did not set',
        });
        addSending(command);
        addHookOptions(command);
        addExamples(command, 'mfa-cli apns delete com.example.app');
      },
      load: () => import('./delete.ts'),
    },
    {
      word: 'inspect',
      summary: 'show the content and the problems of a .p12, offline',
      options(command) {
        addJudgingOptions(addP12File(command));
        addExamples(
          command,
          'mfa-cli apns inspect cert.p12',
          'mfa-cli apns inspect cert.p12 --fail-on warning --warn-days 45',
        );
      },
      load: () => import('./inspect.ts'),
    },
    {
      word: 'convert',
      summary: 'convert a .p12 to base64, PEM or a re-encrypted .p12',
      options(command) {
        addOptions(addP12File(command), {
          '--out <file>': 'file to write, with mode 0600; default: stdout',
          '--format <format>': ['output format; default: base64', 'base64', 'pem', 'p12'],
          '--encryption <scheme>': ['encryption of the new .p12', 'modern', 'legacy'],
          '--new-password-file <file>':
            "file with the new .p12's password; default: the old password",
          ...force,
        });
        addExamples(
          command,
          'mfa-cli apns convert cert.p12',
          'mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
        );
      },
      load: () => import('./convert.ts'),
    },
    {
      word: 'status',
      summary: 'show the certificates set from this machine, with days left',
      options(command) {
        addOptions(command, {
          '--all-profiles': 'include all profiles, not only the current one',
          '--warn-days <days>': 'exit 4 if this many days or fewer are left; default: 30',
          '--refresh': 'ask each tenant for its topic, if it reports one',
          '--format <format>': ['output format; default: text', 'text', 'prometheus'],
        });
        addAlertOptions(command);
        addExamples(
          command,
          'mfa-cli apns status',
          'mfa-cli apns status --all-profiles --warn-days 45',
          'mfa-cli apns status --notify-at 45,30,14,7,1,0 --hook ./tell-the-team.sh',
        );
      },
      load: () => import('./status.ts'),
    },
    {
      word: 'request',
      summary: 'create a key pair and the certificate signing request for Apple',
      needs: ['--bundle-id', '--team-id', '--out'],
      options(command) {
        addOptions(command, {
          ...app,
          '--out <directory>':
            'directory for the key and the request, created if it does not exist',
          '--new-password-file <file>':
            "file with the new key's password, - is stdin [MFA_CLI_KEY_PASSWORD]",
          ...clear,
          '--practice':
            'create a key and .p12 for rehearsals instead, which no real tenant accepts',
        });
        addExamples(
          command,
          'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push',
          'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out try --practice',
        );
      },
      load: () => import('./request.ts'),
    },
    {
      word: 'pack',
      summary: "pack Apple's certificate and its key into a .p12",
      needs: ['--cert', '--key', '--out'],
      options(command) {
        addOptions(command, {
          '--cert <file>': "Apple's certificate, DER or PEM",
          '--key <file>': 'the private key, PEM or DER',
          '--out <file>': '.p12 file to write, with mode 0600, - is stdout',
          ...encryption,
          ...keyPassword,
          '--new-password-file <file>': "file with the new .p12's password [MFA_CLI_P12_PASSWORD]",
          ...force,
        });
        addExamples(
          command,
          'mfa-cli apns pack --cert aps.cer --key push/com.example.app.key.pem --out cert.p12',
        );
      },
      load: () => import('./pack.ts'),
    },
    {
      word: 'verify',
      summary: 'check whether APNs accepts the certificate, without pushing to anyone',
      options(command) {
        addOptions(addApnsHostOptions(addTokenKeyOptions(addP12File(command))), topic);
        addJudgingOptions(command);
        addExamples(
          command,
          'mfa-cli apns verify cert.p12',
          'mfa-cli apns verify --p8 key.p8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app',
        );
      },
      load: () => import('./verify.ts'),
    },
    {
      word: 'prove',
      summary: 'test push sign-in with a real user and phone',
      options(command) {
        addOptions(command, {
          '--user <name>': 'user who signs in; default: the signed-in user',
          ...proveTimeout,
        });
        addConnectionOptions(command);
        addHookOptions(command);
        addExamples(command, 'mfa-cli apns prove --user uma@example.com');
      },
      load: () => import('./prove.ts'),
    },
    {
      word: 'renew',
      summary: 'renew the certificate step by step: run it again to continue',
      needs: ['--bundle-id', '--team-id', '--dir'],
      options(command) {
        addOptions(command, {
          ...app,
          '--dir <directory>': 'directory of the renewals, created if it does not exist',
          '--if-days-left <days>':
            'do nothing while more days are left; exit 4 if a person must act',
          '--cert <file>':
            "Apple's certificate; default: the newest in the directory that matches the key",
          ...keyPassword,
          '--new-password-file <file>':
            'file with the password of the key and the .p12; for the .p12 alone [MFA_CLI_P12_PASSWORD]',
        });
        addPasswordCommand(command, 'that password');
        addOptions(command, {
          ...clear,
          '--issuer <program>': "program that gets Apple's certificate for the request",
        });
        addRepeatable(command, '--issuer-arg <argument>', 'argument for the issuer, repeatable');
        addOptions(command, {
          '--issuer-timeout <seconds>': 'time limit for the issuer; default: 600',
          '--issue-again':
            'run the issuer again, even if it may have issued a certificate for this request',
          ...encryption,
          '--client-app-key <key>':
            'key of the client app; default: the key set last, else the bundle ID [MFA_CLI_CLIENT_APP_KEY]',
          '--environment <name>': [
            'environment that the certificate must serve; default: production',
            'production',
            'sandbox',
          ],
          '--no-verify': 'do not check with APNs',
          ...apnsHost,
          '--yes': 'do not ask',
        });
        addJudgingOptions(command);
        addSending(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push',
          'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left 30',
        );
      },
      load: () => import('./renew.ts'),
    },
  ],
};

function addP12File(command: Command): Command {
  return addP12Options(command.argument('[file]', 'the .p12 file, - is stdin'));
}

function addSending(command: Command): void {
  const words =
    'form of the parameters; default: json, then form if the tenant reports one missing';
  addOptions(command, { '--send-as <form>': [words, 'json', 'form', 'query'] });
  addConnectionOptions(command);
}
