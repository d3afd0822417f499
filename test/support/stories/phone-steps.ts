import { sessionOf } from '../../emulator/security-session.ts';
import { callApi } from '../emulator.ts';
import type { StepVerb } from './verbs.ts';
import { tenantOf } from './world.ts';

/** Phones of the tenant's user. */
export const phoneSteps: readonly StepVerb[] = [
  {
    form: 'iPhones enrolled: N',
    pattern: /^iPhones enrolled: (?<count>\d+)$/,
    step: async (world, { count }) => {
      const { emulator } = tenantOf(world);
      const session = await sessionOf(emulator, emulator.user);
      for (let number = 1; number <= Number(count); number++) {
        const phone = { Udid: `phone-${number}`, Name: 'iPhone', OSVersion: '18.0' };
        const { body } = await callApi(emulator, '/Device/EnrollIosDevice', session, phone);
        if (body.success !== true) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
      }
    },
  },
];
