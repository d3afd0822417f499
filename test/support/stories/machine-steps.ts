import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

function setPort(world: World, port: number): void {
  world.names.set('PORT', String(port));
  world.variables.set('MFA_CLI_PORT', String(port));
}

/** A port of this machine that a program of somebody else holds. */
async function takenPort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** What the machine of the user is like: its clock, its ports and its keychain. */
export const machineSteps: readonly StepVerb[] = [
  {
    form: 'clock now',
    pattern: /^clock now$/,
    step: (world) => {
      world.now = new Date();
    },
  },
  {
    form: 'port is free | taken',
    pattern: /^port is (?<state>free|taken)$/,
    step: async (world, { state }) => {
      setPort(world, state === 'free' ? await freePort() : await takenPort());
    },
  },
  {
    form: 'keychain is locked',
    pattern: /^keychain is locked$/,
    step: ({ machine }) => {
      machine.keychain.fault = 'The keychain is locked';
    },
  },
];
