import { readdir, readFile } from 'node:fs/promises';

/** What makes up one row of "CPU and memory": a process, or Postgres with all of its processes. */
export interface ProcessGroup {
  readonly name: string;
  readonly pid: number;
  /** Whether the process's children count too, as Postgres's do. */
  readonly withChildren: boolean;
}

export interface MemoryUse {
  /** The whole group's peak, or for Postgres what it has now; shared memory is counted once. */
  readonly bytes: number;
  /** Of Postgres: the process that has most memory of its own, shared buffers not counted. */
  readonly largestOwnBytes: number;
}

/** Linux counts processor time in hundredths of a second for every program, whatever its own clock does. */
const TICKS_PER_SECOND = 100;
const KIB = 1_024;

/** Whether this system says what a process uses: elsewhere the benchmark leaves those figures out. */
const isUsageKnown = process.platform === 'linux';

/** CPU seconds that each group has used since it began, by name. Children that have ended are included. */
export async function readCpuSeconds(groups: readonly ProcessGroup[]): Promise<Map<string, number>> {
  if (!isUsageKnown) return new Map();
  return new Map(await Promise.all(groups.map(async (group) => [group.name, await cpuSecondsOf(group)] as const)));
}

/** Memory of each group, by name. */
export async function readMemory(groups: readonly ProcessGroup[]): Promise<Map<string, MemoryUse>> {
  if (!isUsageKnown) return new Map();
  return new Map(await Promise.all(groups.map(async (group) => [group.name, await memoryOf(group)] as const)));
}

async function cpuSecondsOf({ pid, withChildren }: ProcessGroup): Promise<number> {
  const own = await statOf(pid);
  if (!withChildren) return ticksIn(own, ['user', 'system']) / TICKS_PER_SECOND;
  const children = await childrenOf(pid);
  const ticks = children.reduce((sum, child) => sum + ticksIn(child, ['user', 'system']), 0);
  return (ticks + ticksIn(own, ['user', 'system', 'endedUser', 'endedSystem'])) / TICKS_PER_SECOND;
}

/** Positions in /proc/<pid>/stat (proc_pid_stat(5)), counted from the state, which follows the program's name. */
const FIELDS = { parent: 1, user: 11, system: 12, endedUser: 13, endedSystem: 14 } as const;

function ticksIn(stat: readonly string[], names: readonly (keyof typeof FIELDS)[]): number {
  return names.reduce((sum, name) => sum + Number(stat[FIELDS[name]] ?? 0), 0);
}

async function statOf(pid: number): Promise<readonly string[]> {
  const stat = await readProc(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function childrenOf(parent: number): Promise<(readonly string[])[]> {
  const pids = await childPids(parent);
  return Promise.all(pids.map(statOf));
}

async function childPids(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(async (pid) => (await statOf(pid))[FIELDS.parent]));
  return pids.filter((_, index) => Number(parents[index]) === parent);
}

async function memoryOf({ pid, withChildren }: ProcessGroup): Promise<MemoryUse> {
  const own = await statusOf(pid);
  if (!withChildren) return { bytes: own.peak, largestOwnBytes: own.peak };
  const all = [own, ...(await Promise.all((await childPids(pid)).map(statusOf)))];
  const shared = Math.max(...all.map((one) => one.shared));
  return {
    bytes: shared + all.reduce((sum, one) => sum + one.anonymous, 0),
    largestOwnBytes: Math.max(...all.map((one) => one.anonymous)),
  };
}

/** Bytes that a process holds now, not its peak: what a curve over time is made of. */
export async function readResidentBytes(group: ProcessGroup): Promise<number> {
  if (!isUsageKnown) return 0;
  return group.withChildren ? (await memoryOf(group)).bytes : (await statusOf(group.pid)).resident;
}

async function statusOf(pid: number): Promise<{ peak: number; resident: number; anonymous: number; shared: number }> {
  const status = await readProc(pid, 'status');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * KIB;
  return { peak: bytes('VmHWM'), resident: bytes('VmRSS'), anonymous: bytes('RssAnon'), shared: bytes('RssShmem') };
}

/** Empty for a process that has ended meanwhile. */
function readProc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
