import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingHook, shellProgram } from '../programs.ts';
import { expanded } from './run-command.ts';
import type { StepVerb } from './verbs.ts';

/** Programs that the user names: a hook, and any other with shell lines of its own. */
export const programSteps: readonly StepVerb[] = [
  {
    form: 'hook [<<]',
    pattern: /^hook$/,
    step: (world, _given, { body }) => {
      const { program, calls } = recordingHook(body ?? '');
      world.names.set('HOOK', program);
      world.listeners.push({
        name: 'hook ',
        requests: () =>
          calls().map(({ event, document }) => `${event} ${JSON.stringify(document)}`),
      });
    },
  },
  {
    form: 'program NAME <<',
    pattern: /^program (?<name>\w+)(?:: (?<text>.+))?$/,
    step: (world, { name = '', text }, { body }) => {
      const log = join(world.directory, '..', `${name}.runs`);
      const lines = expanded(body ?? text ?? '', world);
      world.names.set(name, shellProgram(`echo run >> '${log}'\n${lines}`));
      if (world.listeners.some((listener) => listener.name === `${name} `)) return;
      world.listeners.push({
        name: `${name} `,
        requests: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
      });
    },
  },
];
