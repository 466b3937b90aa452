import { crc32 } from 'node:zlib';

/** The lane of a user's operations: the same one for ever, as long as the number of lanes is the same. */
export function laneOf(userId: string, laneCount: number): number {
  return crc32(userId) % laneCount;
}
