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
const apnsHost = { '--apns-host <host:port>': "another host than Apple's [MFA_CLI_APNS_HOST]" };
const force = { '--force': 'replace an existing file' };
const app = {
  '--bundle-id <id>': 'bundle ID of the app',
  '--team-id <id>': 'team ID of the Apple developer account, 10 characters',
};
const proveTimeout = { '--prove-timeout <seconds>': 'how long to wait for the phone; default: 120' };
const email = { '--email <address>': 'e-mail address in the request' };
const clear = { '--no-encrypt': 'leave the private key without a password' };
const encryption = { '--encryption <scheme>': ['of the .p12; default: modern', 'modern', 'legacy'] } as const;
const keyPassword = {
  '--key-password-file <file>': "file with the key's password, - is stdin [MFA_CLI_KEY_PASSWORD]",
};

export const apns: Family = {
  word: 'apns',
  summary: "the tenant's push certificate",
  example: 'mfa-cli apns set --p12 cert.p12',
  commands: [
    {
      word: 'set',
      summary: 'check a .p12 and give it to the tenant',
      options(command) {
        addOptions(addP12File(command), {
          ...topic,
          '--client-app-key <key>': 'key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]',
          '--environment <name>': ['environment that must be served', 'production', 'sandbox'],
          '--dry-run': 'do all but the request; needs no session',
          '--force': 'send in spite of findings',
          '--yes': 'do not ask',
          '--verify': 'ask APNs first, and send nothing that it refuses; on a terminal the default',
          '--no-verify': 'do not ask APNs',
          '--refresh': 'ask the tenant afterwards, as far as it tells, which topic it holds',
          '--prove': 'have who is signed in sign in by push afterwards, as apns prove does',
          ...proveTimeout,
          ...apnsHost,
        });
        addJudgingOptions(command);
        addSending(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns set cert.p12',
          'mfa-cli apns set --p12 cert.p12 --password-file password.txt --environment production --dry-run',
        );
      },
      load: () => import('./set.ts'),
    },
    {
      word: 'delete',
      summary: 'take the push certificate away from the tenant',
      options(command) {
        addOptions(command.argument('[key]', 'key of the client app'), {
          '--client-app-key <key>': 'the same, as an option [MFA_CLI_CLIENT_APP_KEY]',
          '--yes': 'delete without asking',
          '--force': 'without a terminal, delete also what this machine never set',
        });
        addSending(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns delete com.example.app',
          'mfa-cli apns delete --client-app-key com.example.app --yes',
        );
      },
      load: () => import('./delete.ts'),
    },
    {
      word: 'inspect',
      summary: 'show what a .p12 holds and what is wrong with it, offline',
      options(command) {
        addJudgingOptions(addP12File(command));
        addExamples(
          command,
          'mfa-cli apns inspect cert.p12',
          'mfa-cli apns inspect cert.p12 --password-file password.txt --json',
          'mfa-cli apns inspect cert.p12 --fail-on warning --warn-days 45',
        );
      },
      load: () => import('./inspect.ts'),
    },
    {
      word: 'convert',
      summary: 'turn a .p12 into base64, PEM or a newly encrypted .p12',
      options(command) {
        addOptions(addP12File(command), {
          '--out <file>': 'file to write, with mode 0600; default: stdout',
          '--format <format>': ['what to make; default: base64', 'base64', 'pem', 'p12'],
          '--encryption <scheme>': ['of the new .p12', 'modern', 'legacy'],
          '--new-password-file <file>': "file with the new .p12's password; default: the old one",
          ...force,
        });
        addExamples(
          command,
          'mfa-cli apns convert cert.p12',
          'mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
          'mfa-cli apns convert cert.p12 --format pem --out cert.pem',
        );
      },
      load: () => import('./convert.ts'),
    },
    {
      word: 'status',
      summary: 'show what this machine set last, with days left',
      options(command) {
        addOptions(command, {
          '--tenant <url>':
            'only what was set at that tenant, under whichever profile unless --profile says it',
          '--all-profiles': 'all profiles, not only the one in force',
        });
        command.option('--warn-days <days>', 'exit 4 with this many days left or fewer', '30');
        addOptions(command, {
          '--refresh': 'ask each tenant, as far as it tells, which topic it holds',
          '--format <format>': ['how to print it; default: text', 'text', 'csv', 'github', 'prometheus'],
        });
        addAlertOptions(command);
        addExamples(
          command,
          'mfa-cli apns status',
          'mfa-cli apns status --all-profiles --warn-days 45',
          'mfa-cli apns status --refresh',
          'mfa-cli apns status --tenant acme.id.cyberark.cloud --format csv',
          'mfa-cli apns status --all-profiles --format github',
          'mfa-cli apns status --all-profiles --format prometheus > mfa_cli.prom',
          'mfa-cli apns status --notify-at 45,30,14,7,1,0 --hook ./tell-the-team.sh',
        );
      },
      load: () => import('./status.ts'),
    },
    {
      word: 'request',
      summary: 'make a key pair and the certificate request for Apple',
      needs: ['--bundle-id', '--team-id', '--out'],
      options(command) {
        addOptions(command, {
          ...app,
          '--out <directory>': 'directory for the key and the request, made where absent',
          ...email,
          '--new-password-file <file>': "file with the new key's password, - is stdin [MFA_CLI_KEY_PASSWORD]",
          ...clear,
          '--practice': 'also make a certificate and a .p12 to rehearse with; no real tenant takes it',
          '--force': 'replace existing files',
        });
        addExamples(
          command,
          'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push',
          'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --no-encrypt',
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
          '--out <file>': '.p12 to write, with mode 0600, - is stdout',
        });
        addRepeatable(command, '--chain <file>', 'intermediate certificates to pack as well, repeatable');
        addOptions(command, {
          ...encryption,
          ...keyPassword,
          '--new-password-file <file>': "file with the new .p12's password [MFA_CLI_P12_PASSWORD]",
          ...force,
        });
        addExamples(
          command,
          'mfa-cli apns pack --cert aps.cer --key push/com.example.app.key.pem --out cert.p12',
          'mfa-cli apns pack --cert aps.cer --key key.pem --chain AppleWWDRCAG4.cer --out cert.p12',
        );
      },
      load: () => import('./pack.ts'),
    },
    {
      word: 'verify',
      summary: 'ask APNs whether it takes the certificate; no push reaches anybody',
      options(command) {
        addOptions(addApnsHostOptions(addTokenKeyOptions(addP12File(command))), topic);
        addJudgingOptions(command);
        addExamples(
          command,
          'mfa-cli apns verify cert.p12',
          'mfa-cli apns verify cert.p12 --environment sandbox --password-file password.txt',
          'mfa-cli apns verify --p8 key.p8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example',
        );
      },
      load: () => import('./verify.ts'),
    },
    {
      word: 'prove',
      summary: 'have a user sign in by push, and say what came of it',
      options(command) {
        addOptions(command, {
          '--user <name>': 'whose phone is to ring; default: who is signed in',
          ...proveTimeout,
        });
        addConnectionOptions(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns prove',
          'mfa-cli apns prove --user uma@example.com --prove-timeout 300',
        );
      },
      load: () => import('./prove.ts'),
    },
    {
      word: 'renew',
      summary: "the year's renewal, from key to tenant: one command to come back to",
      needs: ['--bundle-id', '--team-id', '--dir'],
      options(command) {
        addOptions(command, {
          ...app,
          '--dir <directory>': 'directory of the renewals, made where absent',
          '--if-days-left <days>': 'do nothing while more days are left; end with 4 where a person is needed',
          '--cert <file>': "Apple's certificate; default: the newest in the directory that fits the key",
          ...email,
          ...keyPassword,
          '--new-password-file <file>':
            "file with the .p12's password, and with the key's where nothing else gives that [MFA_CLI_P12_PASSWORD]",
        });
        addPasswordCommand(command, 'that password');
        addOptions(command, {
          ...clear,
          '--issuer <program>': "program that answers the request with Apple's certificate",
        });
        addRepeatable(command, '--issuer-arg <argument>', 'an argument of the issuer, repeatable');
        addOptions(command, {
          '--issuer-timeout <seconds>': 'how long the issuer may take; default: 600',
          '--issue-again': 'run the issuer again, though it may have issued a certificate for this request',
          ...encryption,
          '--client-app-key <key>':
            'key of the client app; default: as it was set last, else the bundle ID [MFA_CLI_CLIENT_APP_KEY]',
          '--environment <name>': [
            'environment that must be served; default: production',
            'production',
            'sandbox',
          ],
          '--no-verify': 'do not ask APNs',
          ...apnsHost,
          '--dry-run': 'say where it stands and what is next; write and send nothing',
          '--yes': 'do not ask',
        });
        addJudgingOptions(command);
        addSending(command);
        addHookOptions(command);
        addExamples(
          command,
          'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push',
          'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left 30',
          'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issuer ./issue',
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
    'how the parameters are sent; default: json, then form if the tenant says that one is missing';
  addOptions(command, { '--send-as <form>': [words, 'json', 'form', 'query'] });
  addConnectionOptions(command);
}
