import { createHash } from 'node:crypto';
import { CliError } from '../../../errors/cli-error.ts';

/** One of several machines, or of several processes, between which the tenants of a fleet are divided. */
export interface Shard {
  /** From 0 on. */
  readonly index: number;
  readonly count: number;
}

/** More shards than anybody has machines. */
const mostShards = 100_000;

/**
 * The shard of a tenant, from 0 on: it depends on the name and the number of shards alone, so that no tenant moves when
 * another one is added.
 */
export function shardOf(name: string, count: number): number {
  // 48 bits of SHA-256: their remainders are as good as even.
  return createHash('sha256').update(name).digest().readUIntBE(0, 6) % count;
}

/** `3/10` is the fourth of ten. @param source what messages call it @throws {CliError} usage */
export function parseShard(text: string, source: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  return shardFrom(index, count, `${source} takes I/N, as 0/10 for the first of ten shards`);
}

/** @param sentence what is said of anything but a shard @throws {CliError} usage */
export function shardFrom(index: string, count: string, sentence: string): Shard {
  const shard = { index: Number(index), count: Number(count) };
  const areNumbers = /^\d{1,6}$/.test(index) && /^\d{1,6}$/.test(count);
  if (areNumbers && shard.index < shard.count && shard.count <= mostShards) return shard;
  throw new CliError('usage', sentence);
}

/** `3/10`. */
export function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}
