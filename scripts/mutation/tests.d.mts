import type { Plugin, TestUserConfig } from 'vitest/config';

export const isMutation: boolean;
export const mutationTests: Pick<TestUserConfig, 'include' | 'exclude' | 'reporters'>;
export const processesForMutants: Plugin;
